import QtQuick
import QtQuick.Shapes
// The core: ivory in the middle, the state's colour at the rim, lit from slightly above. It never changes but in size.
Shape {
    id: lamp
    required property var t
    property color rim: t.hue
    property real dim: 0
    preferredRendererType: Shape.CurveRenderer
    Behavior on rim { enabled: lamp.t.change > 0; ColorAnimation { duration: lamp.t.change } }
    function lit(c) { return t.mix(t.mix(c, rim, dim * 0.9), t.ground, dim * 0.9) }
    ShapePath {
        strokeWidth: -1
        fillGradient: RadialGradient {
            centerX: lamp.width * 0.5; centerY: lamp.height * 0.46; centerRadius: lamp.width * 0.56
            focalX: lamp.width * 0.46; focalY: lamp.height * 0.36
            GradientStop { position: 0; color: lamp.lit(Qt.color("#FFFFFF")) }
            GradientStop { position: 0.38; color: lamp.lit(lamp.t.lamp) }
            GradientStop { position: 0.80; color: lamp.lit(lamp.t.mix(lamp.t.lamp, lamp.rim, lamp.t.light ? 0.08 : 0.55)) }
            GradientStop { position: 1; color: lamp.lit(lamp.t.mix(lamp.t.lamp, lamp.rim, lamp.t.light ? 0.34 : 0.95)) }
        }
        PathRectangle { width: lamp.width; height: lamp.height; radius: lamp.width / 2 }
    }
}
