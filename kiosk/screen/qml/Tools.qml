import QtQuick
// Quiet switches: large captions, how the agent sounds, the language; and the way to what was said, where its line has no room.
Row {
    id: tools
    required property var t
    required property var view
    required property var scene
    readonly property bool keepsEarlier: !!scene.earlier.act && (t.tight || t.low)
    readonly property int count: scene.tools.length + (keepsEarlier ? 1 : 0)
    spacing: Math.max(t.u(20), 5 * t.s.mm)
    Repeater {
        model: 4
        Target {
            id: tool
            required property int index
            property var control: tools.scene.tools[index] || (index === tools.count - 1 ? tools.scene.earlier : {})
            property string begunAs: ""
            readonly property bool on: control.act === "large" ? tools.view.large : !!control.act && tools.view.sheet === control.act
            readonly property bool symbol: !!control.icon && (control.act !== "history" || t.tight)
            readonly property color ink: on ? t.ground : t.text
            t: tools.t
            objectName: control.act || "tool"
            visible: !!control.act
            width: Math.max(face.width, 12 * t.s.mm); height: Math.max(face.height, 12 * t.s.mm)
            onBegan: begunAs = control.act || ""
            onHit: if (begunAs !== "" && begunAs === control.act) tools.view.act(begunAs)
            Rectangle {
                id: face
                anchors.centerIn: parent
                height: Math.max(tool.t.u(64), tool.t.label * 1.7)
                width: Math.max(tool.t.u(70), height, word.implicitWidth + tool.t.u(36))
                radius: height / 2
                color: tool.on ? tool.t.text : tool.down ? tool.t.mix(tool.t.surface, tool.t.text, 0.12) : "transparent"
                border { width: Math.max(1, tool.t.u(2)); color: tool.on ? tool.t.text : tool.t.line }
                Words { id: word; t: tool.t; anchors.centerIn: parent; text: tool.symbol ? "" : tool.control.label || ""; color: tool.ink
                        font { pixelSize: tool.t.label; weight: Font.Medium } }
                Icon { visible: tool.symbol; anchors.centerIn: parent; name: tool.control.icon || ""; tint: tool.ink; size: tool.t.label * 1.3; weight: 2 }
            }
        }
    }
}
