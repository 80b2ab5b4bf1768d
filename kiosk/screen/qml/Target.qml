import QtQuick
// Anything that can be touched: acts on release, sliding off cancels, each finger by itself. Pressed: 3 % smaller.
Item {
    id: target
    required property var t
    property bool main: false         // a main control: 20 mm at least
    readonly property bool down: tap.pressed
    signal began()
    signal hit()
    signal slid()
    objectName: "target"
    scale: down ? 0.97 : 1
    Behavior on scale { enabled: target.t.change > 0; NumberAnimation { duration: 80 } }
    TapHandler {
        id: tap
        gesturePolicy: TapHandler.ReleaseWithinBounds
        longPressThreshold: 0          // a slow finger is a finger
        onPressedChanged: if (pressed) target.began()
        onTapped: target.hit()
        onCanceled: target.slid()
    }
}
