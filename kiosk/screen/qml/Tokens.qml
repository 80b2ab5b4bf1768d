import QtQuick
// Sizes and colours, once. Sizes come from `core.legible`, colours from the theme file; nothing else here knows pixels.
QtObject {
    id: t
    required property var view
    required property string hueName
    readonly property var s: view.sizes
    readonly property var c: view.theme
    readonly property bool portrait: s.portrait
    readonly property real unit: s.unit
    readonly property string font: "Readex Pro"
    function u(pixels) { return pixels * unit }                          // pixels of the drawing
    function pick(upright, wide) { return (portrait ? upright : wide) * unit }
    // The one place that knows the reading edge: `start` is counted from it, the answer is an x of something `wide` in `whole`.
    function lead(start, wide, whole) { return view.mirrored ? whole - start - wide : start }

    readonly property int hello: s.hello
    readonly property int caption: view.large ? s.large : s.caption
    readonly property int state: s.state
    readonly property int button: s.button
    readonly property int body: s.body
    readonly property int place: s.place
    readonly property int label: s.label
    readonly property int disc: s.disc
    readonly property int pill: s.pill
    readonly property int chip: s.chip
    readonly property int gap: s.gap
    readonly property real margin: pick(73, 81)

    readonly property bool compact: disc < 3 * label      // a small glass: words are wide beside the discs that they name
    readonly property bool stacked: compact && portrait   // the discs stand under the pill
    readonly property bool tight: compact && !portrait
    readonly property real chipPad: u(tight ? 36 : 60)    // beside the words of a chip, both sides
    readonly property bool low: view.lowered || stacked   // the tools stand with the controls
    readonly property real slot: stacked ? (u(934) - 3 * gap) / 4 : compact ? Math.max(disc, 4.9 * label) : disc

    readonly property bool light: c.light
    readonly property color ground: c.ground
    readonly property color groundDeep: c.ground_deep
    readonly property color surface: c.surface
    readonly property color line: c.line
    readonly property color text: c.text
    readonly property color muted: c.muted
    readonly property color coming: c.coming
    readonly property color lamp: c.lamp
    readonly property color inkOnHue: c.on_hue
    readonly property color brand: c.brand
    readonly property color hue: c.hues[hueName]
    readonly property color voice: c.hues.speaking

    readonly property bool calm: view.reduced
    readonly property int change: view.reduced || view.simple || view.still ? 0 : 220
    readonly property int word: view.reduced || view.still ? 0 : 200
    function leftwards(words) { return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(words) }
    function tracking(words, size) { return leftwards(words) ? 0 : -size * 0.02 }     // joined letters stay joined
    function hueOf(name) { return c.hues[name] }
    function fade(colour, a) { return Qt.rgba(colour.r, colour.g, colour.b, a) }
    function mix(a, b, k) { return Qt.rgba(a.r + (b.r - a.r) * k, a.g + (b.g - a.g) * k, a.b + (b.b - a.b) * k, 1) }
}
