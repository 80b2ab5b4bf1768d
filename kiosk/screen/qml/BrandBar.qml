import QtQuick
// The house's mark and name, and the switch for large captions.
Item {
    id: bar
    required property var t
    required property var view
    property bool tools: true
    height: Math.max(t.u(64), t.place * 1.25 + t.label * 1.25)
    Row {
        spacing: bar.t.pick(18, 12)
        anchors.verticalCenter: parent.verticalCenter
        Item {   // a lamp going down into two waves
            id: mark
            objectName: "mark"
            width: bar.t.pick(59, 40); height: width
            anchors.verticalCenter: parent.verticalCenter
            Stroke { width: 24; height: 24; scale: mark.width / 24; transformOrigin: Item.TopLeft; fill: bar.t.brand; d: "M5 13a7 7 0 0 1 14 0z" }
            Stroke { width: 24; height: 24; scale: mark.width / 24; transformOrigin: Item.TopLeft; tint: bar.t.brand; weight: 1.95
                     d: "M2 16.800q2.500-1.800 5 0t5 0t5 0t5 0M6.500 20.800q1.400-1.200 2.800 0t2.800 0t2.800 0t2.800 0" }
        }
        Column {
            anchors.verticalCenter: parent.verticalCenter
            Words { objectName: "label"; t: bar.t; text: bar.view.words.place; width: Math.min(implicitWidth, bar.width - bar.t.u(330)); elide: Text.ElideRight
                    font { pixelSize: bar.t.place; weight: Font.Medium } }
            Words { objectName: "label"; t: bar.t; text: bar.view.words.byLine; color: bar.t.muted; font.pixelSize: bar.t.label }
        }
    }
    Target {
        t: bar.t
        objectName: "large"
        visible: bar.tools
        anchors { verticalCenter: parent.verticalCenter; right: parent.right }
        width: Math.max(bar.t.u(104), 12 * bar.view.sizes.mm); height: Math.max(bar.t.u(64), 12 * bar.view.sizes.mm)
        onHit: bar.view.toggleLarge()
        Rectangle {
            anchors.centerIn: parent
            width: Math.max(bar.t.u(70), bar.t.label * 2.4); height: Math.max(bar.t.u(60), bar.t.label * 1.7); radius: height / 2
            anchors.horizontalCenterOffset: (parent.width - width) / 2
            color: bar.view.large ? bar.t.text : "transparent"
            border { width: Math.max(1, bar.t.u(2)); color: bar.view.large ? bar.t.text : bar.t.line }
            Words { t: bar.t; anchors.centerIn: parent; text: "Aa"; color: bar.view.large ? bar.t.ground : bar.t.text
                    font { pixelSize: bar.t.label; weight: Font.Medium } }
        }
    }
}
