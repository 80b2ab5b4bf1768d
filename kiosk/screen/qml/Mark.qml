import QtQuick
// The house's mark: a lamp going down into two waves.
Item {
    id: mark
    required property var t
    height: width
    Stroke { width: 24; height: 24; scale: mark.width / 24; transformOrigin: Item.TopLeft; fill: mark.t.brand; d: "M5 13a7 7 0 0 1 14 0z" }
    Stroke { width: 24; height: 24; scale: mark.width / 24; transformOrigin: Item.TopLeft; tint: mark.t.brand; weight: 1.95
             d: "M2 16.800q2.500-1.800 5 0t5 0t5 0t5 0M6.500 20.800q1.400-1.200 2.800 0t2.800 0t2.800 0t2.800 0" }
}
