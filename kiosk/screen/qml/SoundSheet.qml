import QtQuick
// How the agent sounds, in steps shown as dots, and whatever has no place in the row just now.
Column {
    id: sheet
    required property var t
    required property var view
    required property var scene
    spacing: Math.max(t.pick(44, 28), 5 * t.s.mm)
    Repeater {
        model: sheet.scene.dials.length
        Item {
            id: dial
            required property int index
            readonly property var is: sheet.scene.dials[index] || ({ at: 0, count: 0, less: ({}), more: ({}) })
            width: sheet.width; height: sheet.t.chip
            ActChip { anchors.left: parent.left; t: sheet.t; view: sheet.view; control: dial.is.less; most: dial.width * 0.4 }
            Row {
                anchors.centerIn: parent
                spacing: sheet.t.u(14)
                Repeater {
                    model: dial.is.count
                    Rectangle {
                        required property int index
                        width: sheet.t.u(18); height: width; radius: width / 2
                        color: index < dial.is.at ? sheet.t.text : "transparent"
                        border { width: Math.max(1, sheet.t.u(2)); color: index < dial.is.at ? sheet.t.text : sheet.t.line }
                    }
                }
            }
            ActChip { anchors.right: parent.right; t: sheet.t; view: sheet.view; control: dial.is.more; most: dial.width * 0.4 }
        }
    }
    Flow {
        width: sheet.width
        spacing: Math.max(sheet.t.u(20), 5 * sheet.t.s.mm)
        Repeater {
            model: sheet.scene.more.length
            ActChip {
                required property int index
                t: sheet.t; view: sheet.view; control: sheet.scene.more[index] || ({}); most: sheet.width
            }
        }
    }
}
