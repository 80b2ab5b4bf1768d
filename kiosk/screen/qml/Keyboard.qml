import QtQuick
// The window's own keyboard: the line that is typed, and keys at the foot of the screen, in reach. A wide glass keeps
// its lamp: there the keyboard stands in the column of the words. Letters lie as on every keyboard of their language,
// so nothing here is mirrored by itself; the line, and what stands around the space bar, follow the reading direction.
Item {
    id: pad
    required property var t
    readonly property bool pane: true          // it covers what lies under it
    required property var view
    readonly property var board: view.keyboard
    readonly property var keys: board.keys
    readonly property bool leftwards: keys.leftwards
    readonly property bool columned: !t.portrait && !t.compact
    readonly property real inset: columned ? t.u(36) : t.margin
    readonly property real roomy: Math.max(t.u(10), 1.5 * view.sizes.mm)
    readonly property real gap: (inner - (keys.across - 1) * roomy) / keys.across < 12 * view.sizes.mm ? 1.2 * view.sizes.mm : roomy
    readonly property real inner: panel.width - inset - t.margin
    readonly property real key: (inner - (keys.across - 1) * gap) / keys.across
    readonly property real tall: Math.max(t.pick(104, 88), 12 * view.sizes.mm)
    function wide(keys) { return keys * key + (keys - 1) * gap }
    LayoutMirroring.enabled: false
    LayoutMirroring.childrenInherit: true
    height: column.height + 2 * t.u(36)
    Rectangle {
        id: panel
        width: pad.columned ? pad.width * 0.6 + pad.inset : pad.width; height: pad.height
        x: pad.columned && !pad.view.mirrored ? pad.width - width : 0
        color: pad.t.mix(pad.t.ground, pad.t.surface, 0.6)
        topLeftRadius: pad.columned && !pad.view.mirrored ? pad.t.u(36) : 0
        topRightRadius: pad.columned && pad.view.mirrored ? pad.t.u(36) : 0
        Rectangle { visible: !pad.columned; width: parent.width; height: Math.max(1, pad.t.u(2)); color: pad.t.line }
        TapHandler { gesturePolicy: TapHandler.ReleaseWithinBounds }     // between the keys is not beside the keyboard
    }
    component KeyCap: Target {
        id: k
        readonly property bool key: true
        property string label
        property string icon
        property string kind: "quiet"     // quiet, set (a layer that is on), solid, idle
        readonly property color ink: kind === "solid" || kind === "set" ? pad.t.ground : kind === "idle" ? pad.t.muted : pad.t.text
        t: pad.t
        height: pad.tall
        Rectangle {
            anchors.fill: parent; radius: pad.t.u(18)
            color: k.kind === "solid" || k.kind === "set" ? (k.down ? pad.t.mix(pad.t.text, pad.t.ground, 0.12) : pad.t.text)
                 : k.down ? pad.t.mix(pad.t.surface, pad.t.text, 0.2) : pad.t.surface
            border { width: k.kind === "solid" || k.kind === "set" ? 0 : Math.max(1, pad.t.u(2)); color: pad.t.line }
        }
        Words {
            objectName: "label"
            t: pad.t; anchors.centerIn: parent; text: k.label; color: k.ink
            font { pixelSize: k.label.length > 1 ? pad.t.label : Math.max(pad.t.label, Math.min(pad.t.body, pad.key * 0.54)); weight: k.kind === "solid" ? Font.DemiBold : Font.Normal }
        }
        Icon { visible: k.icon !== ""; anchors.centerIn: parent; name: k.icon; tint: k.ink; size: pad.t.body * 1.1
               transform: Scale { origin.x: pad.t.body * 0.55; xScale: k.icon === "erase" && pad.leftwards ? -1 : 1 } }
    }
    Column {
        id: column
        x: panel.x + (pad.view.mirrored && pad.columned ? pad.t.margin : pad.inset)
        y: pad.t.u(36); width: pad.inner; spacing: pad.gap
        Item {
            width: parent.width; height: pad.tall
            KeyCap {
                id: shut
                objectName: "key-close"
                x: pad.leftwards ? 0 : parent.width - width
                width: Math.max(pad.tall, 12 * pad.view.sizes.mm); icon: "end"
                onHit: pad.board.close()
            }
            Item {
                id: field
                readonly property real aside: shut.width + pad.gap + (count.visible ? count.width + pad.gap : 0)
                x: pad.leftwards ? aside : 0
                width: parent.width - aside; height: parent.height
                clip: true
                TextInput {       // shows the line: its end stays in sight, and its cursor knows both directions
                    id: line
                    objectName: "typed"
                    anchors.verticalCenter: parent.verticalCenter
                    width: parent.width
                    text: pad.board.typed
                    onTextChanged: cursorPosition = length
                    readOnly: true; enabled: false; autoScroll: true
                    horizontalAlignment: pad.board.lineLeftwards ? TextInput.AlignRight : TextInput.AlignLeft
                    color: pad.t.text
                    font { family: pad.t.font; pixelSize: pad.t.button }
                    rightPadding: leftPadding; leftPadding: pad.t.u(6)        // room for the cursor at either end
                }
                Rectangle {       // its own cursor is hidden, for it has no focus
                    objectName: "cursor"
                    // Where both directions meet, the end of the line has two places: the next letter decides.
                    readonly property real beginning: pad.board.lineLeftwards ? line.width - line.leftPadding : line.leftPadding
                    readonly property real ending: pad.board.lineLeftwards ? Math.max(line.leftPadding, beginning - line.contentWidth)
                                                                           : Math.min(line.width - line.leftPadding, beginning + line.contentWidth)
                    x: (pad.leftwards === pad.board.lineLeftwards ? ending : line.cursorRectangle.x) - width / 2
                    y: line.y + line.cursorRectangle.y
                    width: Math.max(2, pad.t.u(4)); height: line.cursorRectangle.height; color: pad.t.brand
                }
                Words {
                    visible: pad.board.typed === ""
                    objectName: "label"
                    t: pad.t
                    anchors.verticalCenter: parent.verticalCenter
                    x: pad.leftwards ? parent.width - width - pad.t.u(14) : pad.t.u(14)
                    text: pad.view.words.typeHere; color: pad.t.muted
                    font.pixelSize: pad.t.button
                }
            }
            Words {       // how many letters are left, near the end
                id: count
                objectName: "label"
                visible: pad.board.counted
                t: pad.t; text: pad.board.left; color: pad.t.muted; font.pixelSize: pad.t.label
                anchors.verticalCenter: parent.verticalCenter
                x: pad.leftwards ? shut.width + pad.gap : shut.x - pad.gap - width
            }
        }
        Repeater {
            model: pad.keys.rows
            Row {
                id: row
                required property var modelData
                anchors.horizontalCenter: parent.horizontalCenter
                spacing: pad.gap
                Repeater {
                    model: row.modelData
                    KeyCap {
                        required property var modelData
                        readonly property string letter: pad.board.upper ? modelData.upper : modelData.name
                        objectName: "key-" + modelData.name
                        width: pad.wide(modelData.width)
                        label: modelData.wide ? "" : letter
                        icon: modelData.wide ? modelData.name : ""
                        kind: modelData.name === "shift" && pad.board.upper ? "set" : "quiet"
                        onHit: {
                            if (modelData.name === "shift") pad.board.shift()
                            else if (modelData.name === "erase") pad.board.erase()
                            else pad.board.key(letter)
                        }
                    }
                }
            }
        }
        Row {
            id: foot
            readonly property real rest: pad.inner - spacing * (speak.visible ? 5 : 4)
            readonly property real share: rest * 0.095
            spacing: pad.gap
            layoutDirection: pad.leftwards ? Qt.RightToLeft : Qt.LeftToRight
            KeyCap { objectName: "key-signs"; width: foot.share * 1.5; label: pad.keys.other; onHit: Qt.callLater(pad.board.turn) }
            KeyCap { id: speak; objectName: "key-language"; visible: label !== ""; width: foot.share * 1.9; label: pad.keys.next; onHit: Qt.callLater(pad.board.switch) }
            KeyCap { objectName: "key-comma"; width: foot.share; label: pad.keys.comma; onHit: pad.board.key(label) }
            KeyCap { objectName: "key-space"; width: foot.rest - foot.share * (speak.visible ? 7.6 : 5.7); label: pad.view.words.space; onHit: pad.board.key(" ") }
            KeyCap { objectName: "key-question"; width: foot.share; label: pad.keys.question; onHit: pad.board.key(label) }
            KeyCap { objectName: "key-send"; width: foot.share * 2.2; label: pad.view.words.send; kind: pad.board.typed === "" ? "idle" : "solid"; onHit: pad.board.send() }
        }
    }
}
