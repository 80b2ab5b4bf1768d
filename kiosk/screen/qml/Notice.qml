import QtQuick
// Before the microphone opens: three lines, and three ways to answer, none of them hidden.
Item {
    id: face
    required property var t
    required property var view
    required property var scene
    required property real upper            // of the words
    required property real foot             // of the pills
    readonly property bool three: t.compact // a small glass: the three stand in one line
    readonly property real half: (width - t.gap) / 2
    Column {
        y: face.upper; width: face.width; spacing: face.t.u(26)
        Words { objectName: "state"; t: face.t; text: face.scene.word; color: face.t.hue; font { pixelSize: face.t.state; weight: Font.Medium } }
        Repeater {
            model: face.scene.lines
            Words { required property string modelData; objectName: "label"; t: face.t; text: modelData; width: face.width; wrapMode: Text.Wrap; lineHeight: 1.08 }
        }
    }
    Pill {
        id: agree
        objectName: "pill"
        t: face.t; view: face.view; control: face.scene.main
        width: face.three ? (face.width - 2 * face.t.gap) * 0.37 : face.width
        x: face.t.lead(0, width, face.width)
        y: face.foot - height - (face.three ? 0 : face.t.pill + face.t.gap)
    }
    Pill {
        id: typing
        t: face.t; view: face.view; control: face.scene.left[0] || ({})
        width: face.three ? (face.width - 2 * face.t.gap) * 0.36 : face.half
        x: face.t.lead(face.three ? agree.width + face.t.gap : 0, width, face.width)
        y: face.foot - height
    }
    Pill {
        t: face.t; view: face.view; control: face.scene.other
        width: face.three ? (face.width - 2 * face.t.gap) * 0.27 : face.half
        x: face.t.lead(face.width - width, width, face.width)
        y: face.foot - height
    }
}
