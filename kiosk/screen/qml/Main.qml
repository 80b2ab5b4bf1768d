import QtQuick
// The window's root: ground, lamp line, the face of the hour, brand bar, keyboard.
Rectangle {
    id: root
    required property var view
    readonly property var scene: view.scene
    readonly property string face: scene.face
    readonly property Tokens tokens: t
    color: t.ground
    LayoutMirroring.enabled: view.mirrored
    LayoutMirroring.childrenInherit: true
    Tokens { id: t; objectName: "tokens"; view: root.view; hueName: root.scene.hue }
    Rectangle {
        anchors.fill: parent
        gradient: Gradient { GradientStop { position: 0; color: t.ground } GradientStop { position: 1; color: t.groundDeep } }
    }
    TapHandler {
        gesturePolicy: TapHandler.ReleaseWithinBounds
        longPressThreshold: 0
        onTapped: root.view.touch()
    }
    Item {   // moves by a hair each minute, so that nothing burns in
        id: stage
        x: root.view.shift.x; y: root.view.shift.y
        width: root.width; height: root.height
        Loader {
            anchors.fill: parent
            active: root.face === "attract"
            sourceComponent: Component { Attract { t: root.tokens; view: root.view; scene: root.scene } }
        }
        Loader {
            anchors.fill: parent
            active: root.face === "farewell"
            sourceComponent: Component { Farewell { t: root.tokens; view: root.view; scene: root.scene } }
        }
        Loader {
            anchors.fill: parent
            active: root.face === "plain"
            sourceComponent: Component { Plain { t: root.tokens; view: root.view; scene: root.scene } }
        }
        Talk {
            anchors.fill: parent
            visible: root.face === "talk" || root.face === "notice"
            t: root.tokens; view: root.view; scene: root.scene
        }
        BrandBar {
            t: root.tokens; view: root.view; scene: root.scene
            x: t.margin; y: Math.max(lampline.height + t.u(8), t.pick(92, 62) - height / 2); width: root.width - 2 * t.margin
        }
    }
    Rectangle {   // on exactly while something may leave the microphone
        id: lampline
        objectName: "lampline"
        visible: root.scene.lamp
        width: parent.width; height: Math.max(t.pick(10, 7), 2.4 * root.view.sizes.mm); color: t.hue
        Rectangle {
            anchors.top: parent.bottom; width: parent.width; height: t.pick(89, 60)
            gradient: Gradient { GradientStop { position: 0; color: t.fade(t.hue, 0.22) } GradientStop { position: 1; color: t.fade(t.hue, 0) } }
        }
    }
    Keyboard {
        visible: root.view.keyboard.up
        t: root.tokens; view: root.view
        width: root.width; y: root.height - height
    }
}
