import QtQuick
import "shapes.js" as S
// The first screen: the whole of it is the button; the languages stand at its foot.
Item {
    id: face
    required property var t
    required property var view
    required property var scene
    NumberAnimation on opacity { running: face.t.change > 0; from: 0; to: 1; duration: face.t.change; easing.type: Easing.OutCubic }
    readonly property real startX: t.portrait ? t.margin : width * 0.52
    readonly property real columnWidth: width - startX - t.margin
    readonly property bool own: t.c.attract !== ""
    Loader {
        anchors.fill: parent
        active: face.own
        sourceComponent: Component { Lobby { t: face.t } }
    }
    Harbour { id: sea; visible: !face.own; anchors.fill: parent; t: face.t; horizon: face.height * (face.t.portrait ? 0.54 : 0.66) }
    Orb {
        id: orb
        t: face.t; view: face.view; mode: "attract"
        width: face.t.pick(620, 520); height: width
        x: face.t.portrait ? (face.width - width) / 2 : face.t.lead(face.width * 0.29 - width / 2, width, face.width)
        y: sea.horizon - height * 0.955
    }
    Stroke {
        visible: !face.own
        width: face.width; height: face.height; x: orb.x + orb.width / 2 - 500 * face.t.unit
        d: S.glitter(500 * face.t.unit, sea.horizon + 26 * face.t.unit, orb.width * 0.21, 24 * face.t.unit, 8)
        weight: 5 * face.t.unit; tint: face.t.fade(face.t.brand, 0.5)
    }
    Column {
        id: hello
        x: face.t.lead(face.startX, width, face.width); width: face.columnWidth
        y: Math.min(face.t.pick(1280, 250), (languages.visible ? languages.y : face.height - face.t.pick(107, 92)) - height - face.t.u(44)); spacing: face.t.u(24)
        property string greets: face.scene.hello
        readonly property int edge: face.t.leftwards(greets) === face.view.mirrored ? Text.AlignLeft : Text.AlignRight   // of its own script
        onGreetsChanged: if (face.t.change > 0) rise.restart()
        NumberAnimation { id: rise; target: hello; property: "opacity"; from: 0; to: 1; duration: 600; easing.type: Easing.OutCubic }
        Words {
            objectName: "label"; horizontalAlignment: hello.edge
            t: face.t; text: face.scene.hello; lineHeight: 1.02; width: parent.width; wrapMode: Text.Wrap; maximumLineCount: 3; elide: Text.ElideRight
            font { pixelSize: face.t.hello; weight: Font.Medium; letterSpacing: face.t.tracking(text, face.t.hello) }
        }
        Words { objectName: "label"; horizontalAlignment: hello.edge; t: face.t; width: parent.width; text: face.scene.note; wrapMode: Text.Wrap; lineHeight: 1.15; maximumLineCount: 4; elide: Text.ElideRight }
        Words { objectName: "label"; horizontalAlignment: hello.edge; t: face.t; width: parent.width; text: face.scene.word; visible: text !== ""; color: face.t.muted; wrapMode: Text.Wrap; lineHeight: 1.1; maximumLineCount: 2; elide: Text.ElideRight; font.pixelSize: face.t.label }
    }
    Languages {
        id: languages
        visible: face.scene.languages.length > 0
        t: face.t; view: face.view; scene: face.scene
        width: face.columnWidth; x: face.t.lead(face.startX, width, face.width)
        y: face.height - height - face.t.pick(107, 92)
    }
}
