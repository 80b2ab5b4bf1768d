.pragma library
// SVG path strings. Angles in degrees, 0 is east, clockwise. `c` is the middle of the square, radii in pixels.
function at(c, r, a) { a *= Math.PI / 180; return (c + r * Math.cos(a)).toFixed(2) + " " + (c + r * Math.sin(a)).toFixed(2) }
function arc(c, r, from, to) {
    return "M " + at(c, r, from) + " A " + r + " " + r + " 0 " + (to - from > 180 ? 1 : 0) + " 1 " + at(c, r, to)
}
function circle(c, r) { return arc(c, r, 0, 180) + " A " + r + " " + r + " 0 0 1 " + at(c, r, 360) + " Z" }
function cups(c, r, half) { return arc(c, r, -half, half) + " " + arc(c, r, 180 - half, 180 + half) }
function sector(c, r, from, to) { return "M " + c + " " + c + " L " + at(c, r, from) + " A " + r + " " + r + " 0 0 1 " + at(c, r, to) + " Z" }
// Two slow sines on a circle: water. `points` 60 without a GPU.
function tide(c, r, swell, phase, points) {
    var s = ""
    for (var i = 0; i < points; i++) {
        var a = i / points * 2 * Math.PI
        var k = r * (1 + swell * (0.040 * Math.sin(4 * a + phase) + 0.020 * Math.sin(7 * a - 1.6 * phase)))
        s += (i ? "L" : "M") + (c + k * Math.cos(a)).toFixed(1) + " " + (c + k * Math.sin(a)).toFixed(1)
    }
    return s + "Z"
}
// Sixty strokes around a circle, those numbered `from` to `to`.
function flutes(c, inner, outer, from, to) {
    var s = ""
    for (var i = from; i < to; i++) s += "M " + at(c, inner, i * 6 - 90) + " L " + at(c, outer, i * 6 - 90) + " "
    return s
}
// The lamp's light on the water: short strokes, narrower as they come nearer.
function glitter(c, y, wide, step, n) {
    var s = ""
    for (var i = 0; i < n; i++) {
        var h = wide * (1 - i / (n + 0.6)) * (i % 2 ? 0.72 : 1)
        s += "M " + (c - h) + " " + (y + i * step) + " L " + (c + h) + " " + (y + i * step) + " "
    }
    return s
}
