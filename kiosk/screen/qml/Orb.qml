import QtQuick
// The lamp behind glass: keeps the motion's time and the eased level, and changes one glass for the next.
Item {
    id: orb
    required property var t
    required property var view
    property string mode: "ready"
    property real time: 0            // seconds of motion
    property real angle: -38         // of the beam, degrees
    property real eased: 0.5
    property var trail: [0.5, 0.5, 0.5]     // levels of now, 90 and 180 ms ago: the outer contours follow the inner
    property var past: []
    property real since: 0           // seconds in this mode
    readonly property real remaining: view.remaining
    readonly property int points: view.simple ? 60 : 120
    readonly property bool moving: visible && view.moving
    readonly property bool breathing: moving
    readonly property bool lit: mode !== "offline" && mode !== "nosound" && mode !== "none"
    readonly property bool two: mode === "person"
    readonly property real core: ({ attract: 0.30, ready: 0.30, connecting: 0.20, listening: 0.27, interrupted: 0.27, thinking: 0.17,
                                    speaking: 0.40, stillthere: 0.25, person: 0.22 })[mode] || 0.22
    property bool front: true
    property string a: mode
    property string b: ""
    onModeChanged: { front = !front; if (front) a = mode; else b = mode; since = 0 }
    Timer {
        interval: orb.view.simple ? 66 : 33; repeat: true; running: orb.moving
        onTriggered: {
            const dt = interval / 1000
            orb.since += dt
            orb.time += dt
            if (orb.mode === "thinking") orb.angle = (orb.angle + dt * 360 / (orb.since > 3 ? 3.2 : 2.4)) % 360
            const goal = orb.view.level
            orb.eased += (goal - orb.eased) * (1 - Math.exp(-dt / (goal > orb.eased ? 0.025 : 0.1)))
            orb.past = [orb.eased].concat(orb.past.slice(0, 6))
            const step = Math.round(0.09 / dt)
            orb.trail = [0, 1, 2].map(i => orb.past[Math.min(i * step, orb.past.length - 1)])
        }
    }
    Glow {
        anchors.centerIn: parent
        width: orb.width * 1.75; height: width
        tint: orb.t.hue
        strength: !orb.lit ? 0 : (orb.t.light ? 0.20 : 0.30) * (orb.mode === "stillthere" ? 0.5 : 1)
    }
    Glass { anchors.fill: parent; t: orb.t; orb: orb; mode: orb.a; on: orb.front; tint: orb.t.hueOf(orb.hueName(mode)) }
    Glass { anchors.fill: parent; t: orb.t; orb: orb; mode: orb.b; on: !orb.front; tint: orb.t.hueOf(orb.hueName(mode)) }
    function hueName(mode) {
        return ({ listening: "listening", interrupted: "listening", thinking: "thinking", speaking: "speaking",
                  stillthere: "needs_you", offline: "needs_you", nosound: "needs_you" })[mode] || "rest"
    }
    Repeater {
        model: orb.two ? 2 : 1
        Lamp {
            required property int index
            visible: orb.lit
            t: orb.t; dim: orb.mode === "stillthere" ? 0.5 : 0
            width: orb.width * orb.core; height: width
            x: orb.width / 2 - width / 2 + (orb.two ? (index - 0.5) * width * 1.3 : 0); y: orb.height / 2 - height / 2
            Behavior on width { enabled: orb.t.change > 0 && orb.mode !== "interrupted"; NumberAnimation { duration: 220; easing.type: Easing.OutCubic } }
        }
    }
}
