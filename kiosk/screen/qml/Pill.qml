import QtQuick
// The large button. live: coloured, the microphone is open; solid: the one thing to press now; quiet: the rest.
Target {
    id: b
    property var control: ({})
    property var view
    property real level: 0
    property string label: control.label || ""
    property string icon: control.icon || ""
    property string kind: control.kind || "quiet"
    property string begunAs: ""
    readonly property color ink: kind === "quiet" ? t.text : kind === "solid" ? t.ground : t.inkOnHue
    readonly property color base: kind === "quiet" ? t.surface : kind === "solid" ? t.text : t.hue
    main: true
    height: t.pill
    visible: label !== ""
    onBegan: { begunAs = control.act || ""; if (begunAs === "talk") view.talkDown() }
    onHit: {
        if (begunAs === "talk") view.talkUp(true)
        else if (begunAs !== "" && begunAs === control.act) view.act(begunAs)
        begunAs = ""
    }
    onSlid: { if (begunAs === "talk") view.talkUp(false); begunAs = "" }
    Repeater {
        model: b.kind === "live" ? 2 : 0
        Rectangle {
            required property int index
            readonly property real grow: (index + 1) * (b.t.u(5) + b.level * b.t.u(7))
            anchors { fill: parent; margins: -grow }
            radius: height / 2; color: "transparent"
            border { width: Math.max(1, b.t.u(2.8)); color: b.t.fade(b.t.hue, 0.5 - index * 0.28) }
        }
    }
    Rectangle {
        anchors.fill: parent; radius: height / 2
        color: b.down ? b.t.mix(b.base, b.kind === "quiet" ? b.t.text : b.t.ground, 0.12) : b.base
        border { width: b.kind === "quiet" ? Math.max(1, b.t.u(3)) : 0; color: b.t.line }
    }
    Row {
        anchors.centerIn: parent
        spacing: b.t.button * 0.42
        Rectangle {
            visible: b.icon === "stop"
            anchors.verticalCenter: parent.verticalCenter
            width: b.t.button * 0.72; height: width; radius: width * 0.16; color: b.ink
        }
        Icon {
            visible: b.icon !== "stop" && b.icon !== ""
            anchors.verticalCenter: parent.verticalCenter
            name: b.icon; tint: b.ink; size: b.t.button * 1.2; weight: 2
        }
        Words {
            id: word
            objectName: "label"
            readonly property real room: b.width - b.t.pill * 0.5 - (b.icon !== "" ? b.t.button * 1.62 : 0)
            readonly property real fit: room / Math.max(1, measure.advanceWidth)      // a word too long is set smaller, then in two lines
            readonly property bool tight: fit < 0.74
            t: b.t
            anchors.verticalCenter: parent.verticalCenter
            text: b.label; color: b.ink
            width: tight ? Math.min(room, implicitWidth) : implicitWidth
            wrapMode: tight ? Text.Wrap : Text.NoWrap; maximumLineCount: 2; elide: Text.ElideRight; lineHeight: 0.95
            font { pixelSize: tight ? b.t.label : Math.max(b.t.label, Math.floor(b.t.button * Math.min(1, fit))); weight: Font.DemiBold }
            TextMetrics { id: measure; text: b.label; font.family: b.t.font; font.pixelSize: b.t.button; font.weight: Font.DemiBold }
        }
    }
}
