import QtQuick
import QtQuick.Shapes
import "shapes.js" as S
// What is around the lamp: closed rings rest, opened rings listen, a beam searches, water answers. `orb` holds the motion.
Item {
    id: glass
    required property var t
    required property var orb
    property string mode
    property bool on
    property color tint: t.brand
    readonly property real c: width / 2
    readonly property real r: width / 2
    opacity: on ? 1 : 0
    scale: on ? 1 : 0.96
    Behavior on opacity { enabled: glass.t.change > 0 && glass.orb.mode !== "interrupted"; NumberAnimation { duration: 220; easing.type: Easing.OutCubic } }
    Behavior on scale { enabled: glass.t.change > 0 && glass.orb.mode !== "interrupted"; NumberAnimation { duration: 220; easing.type: Easing.OutCubic } }
    Loader {
        anchors.fill: parent
        active: glass.opacity > 0
        sourceComponent: ({ attract: rings, ready: rings, connecting: arcs, listening: cups, interrupted: cups, thinking: beam,
                            speaking: water, stillthere: time, offline: broken, nosound: whole })[glass.mode] || null
    }
    Component {
        id: rings
        Item {
            Repeater {
                model: 4
                Stroke {
                    required property int index
                    anchors.fill: parent
                    d: S.circle(glass.c, glass.r * (0.44 + index * 0.15)); weight: glass.r * (0.022 - index * 0.004)
                    tint: glass.t.fade(glass.tint, 0.75 - index * 0.19)
                    scale: 1 + (glass.orb.breathing ? 0.03 * Math.sin((glass.orb.time - index * 0.12) * Math.PI / 2) : 0)
                }
            }
        }
    }
    Component {
        id: arcs
        Item {
            readonly property real half: 20 + 65 * (0.5 - 0.5 * Math.cos(glass.orb.time / 0.9 * Math.PI))
            Repeater {
                model: 2
                Stroke {
                    required property int index
                    anchors.fill: parent
                    d: S.arc(glass.c, glass.r * 0.64, index * 180 - 90 - parent.half, index * 180 - 90 + parent.half)
                    weight: glass.r * 0.058; tint: glass.tint
                }
            }
        }
    }
    Component {
        id: cups
        Item {
            id: hands
            readonly property bool cut: glass.mode === "interrupted"
            property real half: 64
            NumberAnimation on half { running: glass.t.change > 0 && !hands.cut; from: 90; to: 64; duration: 220; easing.type: Easing.OutCubic }
            Repeater {
                model: 4
                Stroke {
                    required property int index
                    readonly property real lit: hands.cut ? (index < 1 ? 1 : 0) : Math.max(0, Math.min(1, glass.orb.eased * 4.2 - index))
                    anchors.fill: parent
                    d: S.cups(glass.c, glass.r * (0.42 + index * 0.15), hands.half); weight: glass.r * (0.064 - index * 0.009)
                    tint: glass.t.fade(glass.tint, 0.20 + 0.80 * lit)
                }
            }
            Repeater {   // the last of the water, cut open and fading
                model: hands.cut ? 2 : 0
                Stroke {
                    required property int index
                    readonly property real far: glass.r * (0.57 + index * 0.3)
                    anchors.fill: parent
                    d: S.arc(glass.c, far, 252, 288) + " " + S.arc(glass.c, far, 72, 108)
                    weight: glass.r * 0.02; tint: glass.t.fade(glass.t.voice, 0.60 - index * 0.28)
                }
            }
        }
    }
    Component {
        id: beam
        Item {
            Stroke { anchors.fill: parent; d: S.circle(glass.c, glass.r * 0.74); weight: glass.r * 0.012; tint: glass.t.fade(glass.tint, 0.28) }
            Item {
                anchors.fill: parent
                rotation: glass.orb.angle
                Shape {
                    anchors.fill: parent
                    preferredRendererType: Shape.CurveRenderer
                    ShapePath {
                        strokeWidth: -1
                        fillGradient: ConicalGradient {
                            centerX: glass.c; centerY: glass.c; angle: 0
                            GradientStop { position: 0; color: glass.t.fade(glass.tint, 0.46) }
                            GradientStop { position: 0.07; color: glass.t.fade(glass.tint, 0.24) }
                            GradientStop { position: 0.17; color: glass.t.fade(glass.tint, 0.07) }
                            GradientStop { position: 0.28; color: glass.t.fade(glass.tint, 0) }
                            GradientStop { position: 1; color: glass.t.fade(glass.tint, 0) }
                        }
                        PathSvg { path: S.sector(glass.c, glass.r * 0.74, -100, 0) }
                    }
                }
                Repeater {
                    model: 30
                    Stroke {
                        required property int index
                        anchors.fill: parent
                        d: S.arc(glass.c, glass.r * 0.74, -index * 5 - 5, -index * 5); weight: glass.r * 0.044 * (1 - index / 34)
                        tint: glass.t.mix(glass.tint, glass.t.ground, Math.min(0.85, index / 32))
                    }
                }
                Rectangle {
                    width: glass.r * 0.17; height: width; radius: width / 2; color: glass.tint
                    x: glass.c + glass.r * 0.74 - width / 2; y: glass.c - height / 2
                }
            }
        }
    }
    Component {
        id: water
        Item {
            Repeater {
                model: 3
                Stroke {
                    required property int index
                    anchors.fill: parent
                    d: S.tide(glass.c, glass.r * (0.90 - index * 0.17), 0.25 + glass.orb.trail[2 - index] * (1.1 - index * 0.15),
                              glass.orb.time * 0.9 + index * 0.9, glass.orb.points)
                    fill: glass.t.fade(glass.tint, [0.11, 0.20, 0.38][index])
                    weight: Math.max(1, glass.r * 0.008); tint: glass.t.fade(glass.tint, [0.30, 0.50, 0.80][index])
                }
            }
        }
    }
    Component {
        id: time
        Item {
            readonly property int going: Math.round(60 * glass.orb.remaining)
            Stroke { anchors.fill: parent; d: S.flutes(glass.c, glass.r * 0.66, glass.r * 0.80, parent.going, 60); weight: glass.r * 0.024; tint: glass.t.fade(glass.tint, 0.20) }
            Stroke { anchors.fill: parent; d: S.flutes(glass.c, glass.r * 0.66, glass.r * 0.80, 0, parent.going); weight: glass.r * 0.024; tint: glass.tint }
        }
    }
    Component {
        id: broken
        Item {
            Stroke { anchors.fill: parent; d: S.arc(glass.c, glass.r * 0.64, -18, 212); weight: glass.r * 0.058; tint: glass.tint }
            Stroke { width: parent.width; height: parent.height; x: glass.r * 0.10; y: -glass.r * 0.10; rotation: 9
                     d: S.arc(glass.c, glass.r * 0.64, 236, 316); weight: glass.r * 0.058; tint: glass.tint }
            Stroke { anchors.fill: parent; d: S.circle(glass.c, glass.r * 0.17); weight: glass.r * 0.02; tint: glass.t.fade(glass.t.muted, 0.8) }
        }
    }
    Component {
        id: whole
        Item {
            Stroke { anchors.fill: parent; d: S.circle(glass.c, glass.r * 0.64); weight: glass.r * 0.058; tint: glass.tint }
            Icon { anchors.centerIn: parent; name: "mute"; tint: glass.tint; size: glass.r * 0.62; weight: 1.5 }
        }
    }
}
