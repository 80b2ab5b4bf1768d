import QtQuick
import QtQuick.Shapes
// Light without blur: a radial gradient with a soft fall-off, the same with and without a GPU. Kept as a picture
// (layer.enabled) it cost more than drawn anew: the software renderer paints only what changed (9 against 19 % of a core).
Shape {
    id: glow
    property color tint
    property real strength: 0.3
    preferredRendererType: Shape.CurveRenderer
    function at(k) { return Qt.rgba(tint.r, tint.g, tint.b, strength * k) }
    ShapePath {
        strokeWidth: -1
        fillGradient: RadialGradient {
            centerX: glow.width / 2; centerY: glow.height / 2; centerRadius: glow.width / 2
            focalX: centerX; focalY: centerY
            GradientStop { position: 0; color: glow.at(1) }
            GradientStop { position: 0.18; color: glow.at(0.66) }
            GradientStop { position: 0.40; color: glow.at(0.28) }
            GradientStop { position: 0.68; color: glow.at(0.075) }
            GradientStop { position: 1; color: glow.at(0) }
        }
        PathRectangle { width: glow.width; height: glow.height }
    }
}
