import QtQuick
// The window's own keyboard: a line of text and English keys, at the foot of the screen, in reach.
Rectangle {
    id: pad
    required property var t
    readonly property bool pane: true          // it covers what lies under it
    required property var view
    readonly property var board: view.keyboard
    property bool upper: board.typed === ""
    readonly property real key: (width - 2 * t.margin - 9 * gap) / 10
    readonly property real gap: Math.max(t.u(10), 1.5 * view.sizes.mm)
    readonly property real tall: Math.max(t.pick(104, 92), 12 * view.sizes.mm)
    height: column.height + 2 * t.u(36)
    color: t.mix(t.ground, t.surface, 0.6)
    Rectangle { width: parent.width; height: Math.max(1, pad.t.u(2)); color: pad.t.line }
    TapHandler { gesturePolicy: TapHandler.ReleaseWithinBounds }     // between the keys is not beside the keyboard
    component KeyCap: Target {
        id: k
        readonly property bool key: true
        property string label
        property string icon
        property string kind: "quiet"
        t: pad.t
        height: pad.tall
        Rectangle {
            anchors.fill: parent; radius: pad.t.u(18)
            color: k.kind === "solid" ? pad.t.text : k.down ? pad.t.mix(pad.t.surface, pad.t.text, 0.2) : pad.t.surface
            border { width: k.kind === "solid" ? 0 : Math.max(1, pad.t.u(2)); color: pad.t.line }
        }
        Words { objectName: "label"; t: pad.t; anchors.centerIn: parent; text: k.label; color: k.kind === "solid" ? pad.t.ground : pad.t.text
                font { pixelSize: k.label.length > 1 ? pad.t.label : pad.t.body; weight: k.kind === "solid" ? Font.DemiBold : Font.Normal } }
        Icon { visible: k.icon !== ""; anchors.centerIn: parent; name: k.icon; tint: pad.t.text; size: pad.t.body * 1.1 }
    }
    Column {
        id: column
        x: pad.t.margin; y: pad.t.u(36); width: pad.width - 2 * x; spacing: pad.gap
        Item {
            width: parent.width; height: pad.tall
            clip: true
            Words {
                id: line
                t: pad.t
                objectName: "typed"
                anchors.verticalCenter: parent.verticalCenter
                x: Math.min(0, parent.width - implicitWidth - pad.t.u(16))
                text: pad.board.typed === "" ? pad.view.words.typeHere : pad.board.typed
                color: pad.board.typed === "" ? pad.t.muted : pad.t.text
                font.pixelSize: pad.t.button
            }
            Rectangle {
                anchors.verticalCenter: parent.verticalCenter
                x: pad.board.typed === "" ? 0 : line.x + line.implicitWidth + pad.t.u(4)
                width: Math.max(2, pad.t.u(4)); height: pad.t.button * 1.2; color: pad.t.brand
            }
        }
        Repeater {
            model: pad.board.rows
            Row {
                id: keys
                required property string modelData
                spacing: pad.gap
                Repeater {
                    model: 10
                    KeyCap {
                        required property int index
                        readonly property string letter: pad.upper ? keys.modelData[index].toUpperCase() : keys.modelData[index]
                        objectName: "key-" + keys.modelData[index]
                        width: pad.key; label: letter
                        onHit: pad.board.key(letter)
                    }
                }
            }
        }
        Row {
            spacing: pad.gap
            KeyCap { objectName: "key-close"; width: pad.key * 2 + pad.gap; label: pad.view.words.close; onHit: pad.board.close() }
            KeyCap { objectName: "key-space"; width: pad.key * 4 + pad.gap * 3; label: pad.view.words.space; onHit: pad.board.key(" ") }
            KeyCap { objectName: "key-erase"; width: pad.key * 1.5 + pad.gap; icon: "erase"; onHit: pad.board.erase() }
            KeyCap { objectName: "key-send"; width: pad.key * 2.5 + pad.gap; label: pad.view.words.send; kind: "solid"; onHit: pad.board.send() }
        }
    }
}
