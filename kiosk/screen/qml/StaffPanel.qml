import QtQuick
// For staff: how the kiosk is, and what can be done with it. No words of visitors.
Item {
    id: panel
    required property var t
    required property var staff
    readonly property bool wide: !t.portrait
    readonly property real gap: Math.max(t.u(26), 5 * t.s.mm)
    readonly property real column: wide ? (width - 2 * t.margin - t.u(120)) * 0.56 : width - 2 * t.margin
    readonly property int size: t.compact ? t.label : t.body
    readonly property real line: size * (t.compact ? 1.22 : 1.6)
    readonly property real aside: wide ? width - 2 * t.margin - t.u(120) - column : column
    component Action: Target {
        id: a
        property string label
        property bool solid: false
        property bool doubted: false
        t: panel.t
        width: panel.wide || solid ? panel.aside : (panel.aside - panel.gap) / 2
        height: Math.max(12 * t.s.mm, t.u(t.portrait ? 104 : 84))
        Rectangle {
            anchors.fill: parent; radius: height / 2
            color: a.solid ? panel.t.text : a.down ? panel.t.mix(panel.t.surface, panel.t.text, 0.12) : panel.t.surface
            border { width: a.solid ? 0 : Math.max(1, panel.t.u(a.doubted ? 5 : 2)); color: a.doubted ? panel.t.hueOf("needs_you") : panel.t.line }
        }
        Words { objectName: "label"; t: panel.t; anchors.centerIn: parent; width: Math.min(implicitWidth, parent.width - panel.t.u(40)); elide: Text.ElideRight
                text: a.label; color: a.solid ? panel.t.ground : panel.t.text; font { pixelSize: panel.size; weight: a.solid ? Font.DemiBold : Font.Normal } }
    }
    component Level: Item {
        id: level
        property string label
        property real share
        width: panel.column; height: panel.line
        Words { t: panel.t; text: level.label; color: panel.t.muted; font.pixelSize: panel.size; anchors { left: parent.left; verticalCenter: parent.verticalCenter } }
        Rectangle {
            anchors { right: parent.right; verticalCenter: parent.verticalCenter }
            width: panel.column * 0.5; height: panel.t.u(14); radius: height / 2; color: panel.t.surface
            Rectangle { anchors.left: parent.left; width: Math.max(height, parent.width * level.share); height: parent.height; radius: height / 2; color: panel.t.hueOf("listening") }
        }
    }
    Words { id: title; objectName: "label"; t: panel.t; anchors { left: parent.left; leftMargin: panel.t.margin; top: parent.top; topMargin: panel.t.pick(92, 62) }
            text: panel.staff.title; color: panel.t.brand; font { pixelSize: panel.t.state; weight: Font.Medium } }
    Words { objectName: "unlocked"; t: panel.t; visible: !panel.staff.locked; text: panel.staff.words.unlocked; color: panel.t.muted; font.pixelSize: panel.t.label
            anchors { right: parent.right; rightMargin: panel.t.margin; verticalCenter: title.verticalCenter } }
    Column {
        id: facts
        anchors { left: parent.left; leftMargin: panel.t.margin; top: title.bottom; topMargin: panel.t.pick(60, panel.t.compact ? 14 : 36) }
        width: panel.column
        Repeater {
            model: panel.staff.facts
            Item {
                id: fact
                required property var modelData
                width: panel.column; height: panel.line
                Words { id: name; t: panel.t; text: fact.modelData.label; color: panel.t.muted; font.pixelSize: panel.size; anchors { left: parent.left; verticalCenter: parent.verticalCenter } }
                Words { objectName: "fact"; t: panel.t; text: fact.modelData.value; font.pixelSize: panel.size; elide: Text.ElideMiddle; horizontalAlignment: Text.AlignRight
                        width: Math.min(implicitWidth, panel.column - name.width - panel.t.u(30)); anchors { right: parent.right; verticalCenter: parent.verticalCenter } }
            }
        }
        Level { visible: panel.staff.sound; label: panel.staff.words.microphone; share: panel.staff.hearing }
        Level { visible: panel.staff.sound; label: panel.staff.words.loudspeaker; share: panel.staff.sounding }
    }
    Item {
        id: health
        clip: true
        anchors { left: facts.left; top: facts.bottom; topMargin: panel.t.pick(40, panel.t.compact ? 6 : 20); bottom: panel.wide ? panel.bottom : actions.top; bottomMargin: panel.t.pick(40, 12) }
        width: panel.column
        Column {
            width: parent.width
            Words { t: panel.t; width: parent.width; text: panel.staff.words.health + (panel.staff.health === "" ? "" : ": " + panel.staff.health); font { pixelSize: panel.size; weight: Font.Medium }
                    bottomPadding: panel.t.u(panel.t.compact ? 2 : 14) }
            Flow {
                width: parent.width; spacing: panel.t.u(22)
                Repeater {
                    model: panel.staff.checks
                    Row {
                        id: check
                        required property var modelData
                        readonly property bool fails: modelData.state === "fail"
                        visible: fails || !panel.t.compact       // a small glass has room for what is wrong
                        width: fails ? panel.column : implicitWidth
                        spacing: panel.t.u(10)
                        Icon { name: check.fails ? "end" : "check"; visible: check.modelData.state !== "skipped"; size: panel.t.label; weight: 2
                               tint: check.fails ? panel.t.hueOf("needs_you") : panel.t.hueOf("speaking"); anchors.top: parent.top; anchors.topMargin: panel.t.label * 0.25 }
                        Words { objectName: "check"; readonly property bool mayElide: true; t: panel.t; text: check.fails ? check.modelData.sentence : check.modelData.name; font.pixelSize: panel.t.label
                                color: check.modelData.state === "skipped" ? panel.t.muted : panel.t.text
                                width: check.fails ? panel.column - panel.t.label * 1.4 : implicitWidth; wrapMode: check.fails ? Text.Wrap : Text.NoWrap; maximumLineCount: panel.staff.sound ? (panel.t.compact ? 2 : 3) : 5; elide: Text.ElideRight }
                    }
                }
            }
        }
    }
    Column {
        id: actions
        anchors { right: parent.right; rightMargin: panel.t.margin; bottom: panel.wide ? undefined : parent.bottom; bottomMargin: panel.t.u(120)
                  verticalCenter: panel.wide ? parent.verticalCenter : undefined }
        spacing: grid.spacing
        Action { objectName: "staff-back"; label: panel.staff.words.back; solid: true; onHit: panel.staff.back() }
        Grid {
            id: grid
            columns: panel.wide ? 1 : 2
            spacing: panel.wide ? Math.max(t.u(24), 5 * t.s.mm) : panel.gap
            Action { objectName: "staff-close"; label: panel.staff.words.closing; onHit: panel.staff.closeOrOpen() }
            Action { objectName: "staff-change"; label: panel.staff.words.change; visible: panel.staff.locked; onHit: panel.staff.changePin() }
            Action { objectName: "staff-restart"; label: panel.staff.words.restart; onHit: panel.staff.leave("program") }
            Action { objectName: "staff-machine"; label: panel.staff.words.machine; doubted: panel.staff.asked === "machine"; visible: panel.staff.ways.indexOf("machine") >= 0; onHit: panel.staff.leave("machine") }
            Action { objectName: "staff-before"; label: panel.staff.words.before; doubted: panel.staff.asked === "before"; visible: panel.staff.ways.indexOf("before") >= 0; onHit: panel.staff.leave("before") }
            Action { objectName: "staff-leave"; label: panel.staff.words.leave; onHit: panel.staff.leave("system") }
        }
    }
}
