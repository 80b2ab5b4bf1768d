import QtQuick
// The house's mark: its own picture, or a lamp going down into two waves. A wide one is wider than `size`, but not than `widest`.
Item {
    id: mark
    required property var t
    property real size: 0
    readonly property bool own: t.c.mark !== ""
    readonly property real shape: own && picture.implicitHeight > 0 ? picture.implicitWidth / picture.implicitHeight : 1
    property real widest: 3 * size
    width: Math.min(size * shape, widest); height: width / shape
    Image {
        id: picture
        anchors.fill: parent
        visible: mark.own
        source: mark.t.c.mark
        sourceSize.height: Math.max(1, Math.round(mark.size))
        fillMode: Image.PreserveAspectFit
    }
    Stroke { visible: !mark.own; width: 24; height: 24; scale: mark.width / 24; transformOrigin: Item.TopLeft; fill: mark.t.brand; d: "M5 13a7 7 0 0 1 14 0z" }
    Stroke { visible: !mark.own; width: 24; height: 24; scale: mark.width / 24; transformOrigin: Item.TopLeft; tint: mark.t.brand; weight: 1.95
             d: "M2 16.800q2.500-1.800 5 0t5 0t5 0t5 0M6.500 20.800q1.400-1.200 2.800 0t2.800 0t2.800 0t2.800 0" }
}
