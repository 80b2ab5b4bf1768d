import QtQuick
// No visit is possible just now: the house's mark, the site's words, nothing else. It stands still.
Item {
    id: face
    required property var t
    required property var view
    required property var scene
    NumberAnimation on opacity { running: face.t.change > 0; from: 0; to: 1; duration: face.t.change; easing.type: Easing.OutCubic }
    readonly property real startX: t.portrait ? t.margin : width * 0.40
    Mark {
        t: face.t
        size: face.t.pick(300, 300); widest: size * 1.5
        x: face.t.portrait ? (face.width - width) / 2 : face.t.lead(face.width * 0.21 - width / 2, width, face.width)
        y: (face.t.portrait ? face.t.u(535) : face.height * (face.t.tight ? 0.44 : 0.52)) - height / 2
        opacity: 0.85
    }
    Column {
        width: face.width - face.startX - face.t.margin
        x: face.t.lead(face.startX, width, face.width); y: face.t.pick(890, 206)
        spacing: face.t.u(28)
        Words { objectName: "label"; t: face.t; width: parent.width; text: face.scene.word; color: face.t.hue; wrapMode: Text.Wrap; maximumLineCount: 2; elide: Text.ElideRight
                font { pixelSize: face.t.state; weight: Font.Medium } }
        Words { objectName: "label"; t: face.t; width: parent.width; text: face.scene.hello; wrapMode: Text.Wrap; lineHeight: 1.04; maximumLineCount: 4; elide: Text.ElideRight
                font { pixelSize: face.t.hello; weight: Font.Medium; letterSpacing: face.t.tracking(text, face.t.hello) } }
        Words { objectName: "label"; t: face.t; width: parent.width; text: face.scene.note; visible: text !== ""; color: face.t.muted; wrapMode: Text.Wrap; lineHeight: 1.15; maximumLineCount: 5; elide: Text.ElideRight }
    }
}
