import QtQuick
// The PIN pad: what is asked, how many digits stand there, ten keys. QML never learns the digits that were typed.
Item {
    id: pad
    required property var t
    required property var staff
    readonly property bool wide: !t.portrait
    readonly property real gap: Math.max(t.u(26), 5 * t.s.mm)
    readonly property real foot: t.pick(150, 62)
    readonly property real head: wide ? keys.y : t.u(500)
    readonly property real room: wide ? height - 2 * foot : height - head - words.height - t.u(60) - foot
    readonly property real key: Math.max(12 * t.s.mm, Math.min(t.disc * 1.65, (room - 3 * gap) / 4))
    component Round: Target {       // PySide takes a component named Key for Qt.Key, and the process dies of it
        id: k
        property string label
        property string icon
        property bool solid: false
        t: pad.t
        width: pad.key; height: pad.key
        Rectangle {
            anchors.fill: parent; radius: height / 2
            color: k.solid ? pad.t.text : k.down ? pad.t.mix(pad.t.surface, pad.t.text, 0.2) : pad.t.surface
            border { width: k.solid ? 0 : Math.max(1, pad.t.u(2)); color: pad.t.line }
        }
        Words { objectName: "label"; visible: k.icon === ""; t: pad.t; anchors.centerIn: parent; text: k.label; color: k.solid ? pad.t.ground : pad.t.text
                font { pixelSize: Math.max(pad.t.button, k.solid ? 0 : pad.key * 0.3); weight: k.solid ? Font.DemiBold : Font.Normal } }
        Icon { visible: k.icon !== ""; anchors.centerIn: parent; name: k.icon; tint: pad.t.text; size: pad.t.button * 1.2 }
    }
    Column {
        id: words
        anchors { left: parent.left; leftMargin: pad.t.margin; top: parent.top; topMargin: pad.head }
        width: pad.width - 2 * pad.t.margin - (pad.wide ? keys.width + 2 * pad.t.margin : 0)
        spacing: pad.t.u(30)
        Words { objectName: "label"; t: pad.t; text: pad.staff.title; width: parent.width; wrapMode: Text.Wrap; font { pixelSize: pad.t.state; weight: Font.Medium } color: pad.t.brand }
        Row {
            objectName: "dots"
            anchors.left: parent.left      // a column mirrors nothing by itself
            spacing: pad.t.u(20); height: pad.t.u(34)
            Repeater {
                model: Math.max(4, pad.staff.dots)
                Rectangle {
                    required property int index
                    readonly property bool filled: index < pad.staff.dots
                    anchors.verticalCenter: parent.verticalCenter
                    width: pad.t.u(30); height: width; radius: width / 2
                    color: filled ? pad.t.text : "transparent"
                    border { width: filled ? 0 : Math.max(1, pad.t.u(3)); color: pad.t.line }
                }
            }
        }
        Words { objectName: "line"; t: pad.t; text: pad.staff.line; width: parent.width; wrapMode: Text.Wrap; color: pad.t.muted
                height: Math.max(implicitHeight, pad.t.body * 2.6) }
        Target {
            objectName: "pin-cancel"
            t: pad.t; visible: pad.staff.cancellable
            anchors.left: parent.left
            width: Math.max(cancel.implicitWidth + pad.t.u(80), 12 * pad.t.s.mm); height: Math.max(pad.t.chip, 12 * pad.t.s.mm)
            onHit: pad.staff.cancel()
            Rectangle { anchors.fill: parent; radius: height / 2; color: parent.down ? pad.t.mix(pad.t.surface, pad.t.text, 0.12) : pad.t.surface
                        border { width: Math.max(1, pad.t.u(2)); color: pad.t.line } }
            Words { id: cancel; objectName: "label"; t: pad.t; anchors.centerIn: parent; text: pad.staff.words.cancel; font.pixelSize: pad.t.label }
        }
    }
    Grid {
        id: keys
        x: !pad.wide ? (pad.width - width) / 2 : pad.staff.mirrored ? pad.t.margin * 2 : pad.width - width - pad.t.margin * 2
        y: pad.wide ? (pad.height - height) / 2 : pad.height - height - pad.foot
        columns: 3; spacing: pad.gap
        LayoutMirroring.enabled: false       // a telephone's keys stand alike everywhere
        LayoutMirroring.childrenInherit: true
        Repeater {
            model: 9
            Round { required property int index; objectName: "pin-" + (index + 1); label: index + 1; onHit: pad.staff.digit(label) }
        }
        Round { objectName: "pin-erase"; icon: "erase"; onHit: pad.staff.erase() }
        Round { objectName: "pin-0"; label: "0"; onHit: pad.staff.digit(label) }
        Round { objectName: "pin-enter"; label: pad.staff.words.enter; solid: pad.staff.ready; onHit: pad.staff.enter() }
    }
}
