import QtQuick
// The languages that can be chosen, each as its own readers call it.
Flow {
    id: row
    required property var t
    required property var view
    required property var scene
    spacing: Math.max(t.u(20), 5 * t.s.mm)
    Repeater {
        model: row.scene.languages.length
        Chip {
            required property int index
            readonly property var is: row.scene.languages[index] || ({ code: "", name: "", chosen: false })
            t: row.t
            objectName: "language-" + is.code
            label: is.name; chosen: is.chosen; most: row.width
            onHit: row.view.speakLanguage(is.code)
        }
    }
}
