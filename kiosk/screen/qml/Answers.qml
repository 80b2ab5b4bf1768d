import QtQuick
// Three ways to answer the notice, none of them hidden. On a small glass they stand in one line.
Item {
    id: face
    required property var t
    required property var view
    required property var scene
    readonly property bool three: t.tight
    readonly property real half: (width - t.gap) / 2
    height: three ? t.pill : 2 * t.pill + t.gap
    Pill {
        id: agree
        objectName: "pill"
        t: face.t; view: face.view; control: face.scene.main
        width: face.three ? (face.width - 2 * face.t.gap) * 0.37 : face.width
        x: face.t.lead(0, width, face.width)
    }
    Pill {
        t: face.t; view: face.view; control: face.scene.left[0] || ({})
        width: face.three ? (face.width - 2 * face.t.gap) * 0.36 : face.half
        x: face.t.lead(face.three ? agree.width + face.t.gap : 0, width, face.width)
        y: face.height - height
    }
    Pill {
        t: face.t; view: face.view; control: face.scene.other
        width: face.three ? (face.width - 2 * face.t.gap) * 0.27 : face.half
        x: face.t.lead(face.width - width, width, face.width)
        y: face.height - height
    }
}
