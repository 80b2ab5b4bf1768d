import QtQuick
import QtQuick.Shapes
// One path, stroked or filled.
Shape {
    id: stroke
    property string d
    property color tint: "transparent"
    property color fill: "transparent"
    property real weight: 0
    preferredRendererType: Shape.CurveRenderer
    ShapePath {
        strokeColor: stroke.tint
        strokeWidth: stroke.weight > 0 ? stroke.weight : -1
        fillColor: stroke.fill
        capStyle: ShapePath.RoundCap
        joinStyle: ShapePath.RoundJoin
        PathSvg { path: stroke.d }
    }
}
