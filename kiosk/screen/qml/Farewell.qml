import QtQuick
import "shapes.js" as S
// The last screen: the lamp half down in the water, three faces, a way back.
Item {
    id: face
    required property var t
    required property var view
    required property var scene
    NumberAnimation on opacity { running: face.t.change > 0; from: 0; to: 1; duration: face.t.change; easing.type: Easing.OutCubic }
    readonly property real horizon: height * (t.portrait ? 0.35 : 0.64)
    readonly property real sunX: t.portrait ? width * 0.5 : t.lead(width * 0.21, 0, width)
    readonly property real r: t.pick(200, 180)
    readonly property real startX: t.portrait ? t.margin : width * 0.40
    Harbour { anchors.fill: parent; t: face.t; horizon: face.horizon; bare: true }
    Item {
        width: parent.width; height: face.horizon; clip: true
        Glow { width: face.r * 6; height: width; x: face.sunX - width / 2; y: face.horizon - height / 2; tint: face.t.brand; strength: 0.34 }
        Repeater {
            model: 3
            Stroke {
                required property int index
                width: face.r * 5; height: width; x: face.sunX - width / 2; y: face.horizon - height / 2
                d: S.circle(width / 2, face.r * (1.32 + index * 0.36)); weight: face.t.u(6 - index * 1.5); tint: face.t.fade(face.t.brand, 0.5 - index * 0.15)
            }
        }
        Lamp { t: face.t; rim: face.t.brand; width: face.r * 2; height: width; x: face.sunX - face.r; y: face.horizon - face.r }
    }
    Stroke {
        width: face.r * 5; height: width; x: face.sunX - width / 2; y: face.horizon
        d: S.glitter(width / 2, face.t.u(28), face.r * 0.95, face.t.u(26), 8); weight: face.t.u(6); tint: face.t.fade(face.t.brand, 0.55)
    }
    Column {
        id: words
        width: face.width - face.startX - face.t.margin; x: face.t.lead(face.startX, width, face.width)
        y: face.t.pick(945, 205); spacing: face.t.u(12)
        Words { objectName: "label"; t: face.t; width: parent.width; wrapMode: Text.Wrap; text: face.scene.hello; font { pixelSize: face.t.hello; weight: Font.Medium; letterSpacing: face.t.tracking(text, face.t.hello) } }
        Words { objectName: "label"; t: face.t; width: parent.width; wrapMode: Text.Wrap; text: face.view.rated > -2 ? face.view.words.rated : face.scene.note; font.pixelSize: face.t.s.caption }
        Item { width: 1; height: face.t.u(face.t.portrait ? 40 : 20) }
        Row {
            id: faces
            anchors.left: parent.left
            readonly property real size: Math.max(face.t.pick(210, 157), 20 * face.t.s.mm)
            spacing: face.t.portrait ? (words.width - 3 * size) / 2 : Math.max(face.t.u(70), 5 * face.t.s.mm)
            Repeater {
                model: [["good", 1], ["fair", 0], ["poor", -1]]
                Target {
                    id: one
                    required property var modelData
                    required property int index
                    readonly property bool chosen: face.view.rated === modelData[1]
                    t: face.t; main: true
                    objectName: "face" + modelData[1]
                    width: Math.max(faces.size, word.implicitWidth); height: faces.size + word.height + face.t.u(16)
                    opacity: face.view.rated > -2 && !chosen ? 0.75 : 1
                    onHit: face.view.rate(modelData[1])
                    Rectangle {
                        anchors.horizontalCenter: parent.horizontalCenter
                        width: faces.size; height: width; radius: width / 2
                        color: one.chosen ? face.t.text : face.t.fade(face.t.surface, 0.92)
                        border { width: Math.max(1, face.t.u(3)); color: face.t.brand }
                        Icon { anchors.centerIn: parent; name: one.modelData[0]; size: parent.width * 0.92; weight: 1.25; tint: one.chosen ? face.t.ground : face.t.text }
                    }
                    Words { id: word; objectName: "label"; t: face.t; anchors { horizontalCenter: parent.horizontalCenter; bottom: parent.bottom }
                            text: face.view.words.faces[one.index] }
                }
            }
        }
    }
    Target {
        id: again
        t: face.t; main: true
        objectName: "again"
        width: Math.max(face.t.pick(524, 352), label.implicitWidth + face.t.button * 3.4); height: face.t.pill
        x: face.t.lead(face.startX, width, face.width)
        y: face.height - height - face.t.pick(113, 92)
        onHit: face.view.startAgain()
        Rectangle {
            anchors.fill: parent; radius: height / 2
            color: again.down ? face.t.mix(face.t.surface, face.t.text, 0.12) : face.t.surface
            border { width: Math.max(1, face.t.u(3)); color: face.t.line }
        }
        Row {
            anchors.centerIn: parent; spacing: face.t.button * 0.42
            Icon { anchors.verticalCenter: parent.verticalCenter; name: "repeat"; tint: face.t.text; size: face.t.button * 1.2; weight: 2 }
            Words { id: label; objectName: "label"; t: face.t; anchors.verticalCenter: parent.verticalCenter; text: face.view.words.startAgain
                    font { pixelSize: face.t.button; weight: Font.DemiBold } }
        }
    }
}
