import QtQuick
// A house's own picture behind the first screen, in the shade where words stand: they are legible on any picture.
Item {
    id: lobby
    required property var t
    function shade(a) { return t.fade(t.ground, a) }
    Image {
        anchors.fill: parent
        source: lobby.t.c.attract
        sourceSize.width: Math.round(lobby.width)
        fillMode: Image.PreserveAspectCrop
    }
    Rectangle {   // behind the brand bar
        width: parent.width; height: lobby.t.pick(300, 210)
        gradient: Gradient {
            GradientStop { position: 0; color: lobby.shade(0.88) }
            GradientStop { position: 0.55; color: lobby.shade(0.84) }
            GradientStop { position: 1; color: lobby.shade(0) }
        }
    }
    Rectangle {   // behind the words: the lower part, or the reading half
        readonly property bool upright: lobby.t.portrait
        readonly property bool mirrored: lobby.t.view.mirrored
        width: upright ? parent.width : parent.width * 0.62
        height: upright ? parent.height * 0.48 : parent.height
        x: upright || mirrored ? 0 : parent.width - width
        y: parent.height - height
        gradient: Gradient {
            orientation: lobby.t.portrait ? Gradient.Vertical : Gradient.Horizontal
            GradientStop { position: 0; color: lobby.shade(lobby.t.portrait || !lobby.t.view.mirrored ? 0 : 0.953) }
            GradientStop { position: 0.25; color: lobby.shade(0.94) }
            GradientStop { position: 0.75; color: lobby.shade(0.94) }
            GradientStop { position: 1; color: lobby.shade(lobby.t.portrait || !lobby.t.view.mirrored ? 0.9 : 0) }
        }
    }
}
