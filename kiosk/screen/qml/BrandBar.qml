import QtQuick
// The house's mark and name at the reading edge, the tools at the other.
Item {
    id: bar
    required property var t
    required property var view
    required property var scene
    readonly property real room: width - mark.width - brand.spacing - (tools.visible ? tools.width + t.u(30) : 0)
    height: Math.max(t.u(64), t.place * 1.25 + t.label * 1.25)
    Row {
        id: brand
        spacing: bar.t.pick(18, 12)
        anchors { verticalCenter: parent.verticalCenter; left: parent.left }
        Mark {
            id: mark
            objectName: "mark"
            t: bar.t
            size: bar.t.pick(59, 40)
            anchors.verticalCenter: parent.verticalCenter
        }
        Column {
            anchors.verticalCenter: parent.verticalCenter
            Words {   // a long name is set smaller, in two lines
                objectName: "label"
                readonly property bool mayElide: bar.t.tight
                readonly property bool long: measure.advanceWidth > bar.room
                t: bar.t; text: bar.view.words.place
                width: bar.room
                wrapMode: Text.Wrap; maximumLineCount: long && !bar.t.tight ? 2 : 1; elide: Text.ElideRight; lineHeight: long ? 0.95 : 1
                font { pixelSize: long ? bar.t.label : bar.t.place; weight: Font.Medium }
                TextMetrics { id: measure; text: bar.view.words.place; font.family: bar.t.font; font.pixelSize: bar.t.place; font.weight: Font.Medium }
            }
            Words { objectName: "label"; t: bar.t; text: bar.view.words.byLine; color: bar.t.muted; font.pixelSize: bar.t.label
                    width: bar.room; elide: Text.ElideMiddle; readonly property bool mayElide: true }      // its end says that it is an AI
        }
    }
    Tools {
        id: tools
        visible: count > 0 && (!bar.t.low || (bar.scene.face === "notice" && !bar.view.lowered))
        t: bar.t; view: bar.view; scene: bar.scene
        anchors { verticalCenter: parent.verticalCenter; right: parent.right }
    }
}
