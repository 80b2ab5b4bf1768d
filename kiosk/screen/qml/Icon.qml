import QtQuick
import "icons.js" as Icons
Item {
    id: icon
    property string name
    property color tint
    property real size: 48
    property real weight: 1.8
    width: size; height: size
    Stroke {
        width: 24; height: 24
        scale: icon.size / 24; transformOrigin: Item.TopLeft
        d: Icons.path[icon.name] || ""; tint: icon.tint; weight: icon.weight
    }
}
