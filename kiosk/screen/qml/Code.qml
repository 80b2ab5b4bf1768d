import QtQuick
// A code for the visitor's phone: dark on white in every theme, with four quiet modules around. Whole pixels for each
// module, or hairlines would run through it.
Rectangle {
    id: tile
    required property var code             // { path, size }
    property real most: 0                  // pixels that it may take
    readonly property int module: code.size > 0 ? Math.floor(most / (code.size + 8)) : 0
    visible: module > 1                    // a phone does not read finer ones
    width: module * (code.size + 8); height: width
    radius: 2 * module
    color: "white"
    Stroke {
        x: 4 * tile.module; y: x
        width: tile.code.size; height: width
        scale: tile.module; transformOrigin: Item.TopLeft
        fill: "black"; d: tile.code.path
        antialiasing: false
    }
}
