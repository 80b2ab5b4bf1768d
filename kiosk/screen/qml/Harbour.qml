import QtQuick
// The picture behind the first and the last screen: sky, headland with a light, still water. Drawn, so it fits every screen.
Item {
    id: sea
    required property var t
    property real horizon: height * 0.5
    property bool bare: false          // sky and water only
    readonly property var p: t.c.picture
    readonly property bool turned: !t.portrait && !t.view.mirrored      // landscape: the headland left, so that the words stand on open sky
    readonly property real towerX: width * (turned ? 0.085 : 0.875) - 30 * t.unit
    readonly property real towerY: horizon - 206 * t.unit
    Rectangle {
        width: parent.width; height: sea.horizon
        gradient: Gradient {
            GradientStop { position: 0; color: sea.p.sky[0] }
            GradientStop { position: 0.45; color: sea.p.sky[1] }
            GradientStop { position: 0.80; color: sea.p.sky[2] }
            GradientStop { position: 1; color: sea.p.sky[3] }
        }
    }
    Rectangle {
        y: sea.horizon; width: parent.width; height: parent.height - y
        gradient: Gradient {
            GradientStop { position: 0; color: sea.p.water[0] }
            GradientStop { position: 0.14; color: sea.p.water[1] }
            GradientStop { position: 0.45; color: sea.p.water[2] }
            GradientStop { position: 1; color: sea.p.water[3] }
        }
    }
    Item {
        visible: !sea.bare
        y: sea.horizon - 300 * sea.t.unit; x: sea.turned ? sea.width : 0; width: 1080; height: 320
        transform: Scale { xScale: sea.width / 1080 * (sea.turned ? -1 : 1); yScale: sea.t.unit }
        Stroke { width: 1080; height: 320; fill: sea.p.hills
                 d: "M0 300V236C70 222 120 250 190 244S330 196 410 232S560 276 640 262S800 214 880 226S1010 190 1080 204V300Z" }
        Stroke { width: 1080; height: 320; fill: sea.p.land
                 d: "M610 300C690 296 730 280 790 268C830 258 850 236 900 230C960 222 1010 204 1080 198V300Z M0 300V262C60 264 110 280 170 288S260 298 320 300Z" }
    }
    Item {
        visible: !sea.bare
        x: sea.towerX; y: sea.towerY; width: 60; height: 140; scale: sea.t.unit; transformOrigin: Item.TopLeft
        Stroke { anchors.fill: parent; fill: sea.p.land; d: "M20 40L40 40L46 140L14 140Z M16 34H44V40H16Z M22 16H38V34H22Z M20 16L30 4L40 16Z" }
        Rectangle { x: 25; y: 19; width: 10; height: 12; color: sea.p.beacon }
    }
    Glow { visible: !sea.bare; width: 220 * sea.t.unit; height: width; tint: sea.p.beacon; strength: 0.55
           x: sea.towerX + 30 * sea.t.unit - width / 2; y: sea.towerY + 25 * sea.t.unit - height / 2 }
    Stroke {
        visible: !sea.bare
        x: sea.width * (sea.turned ? 0.88 : 0.15); y: sea.horizon - 70 * sea.t.unit; width: 80; height: 100
        scale: sea.t.unit; transformOrigin: Item.TopLeft; fill: sea.p.boat
        d: "M6 84H74C70 96 62 100 52 100H22C14 100 9 94 6 84Z M37 6H40V82H37Z M43 14L68 76H43Z M34 24L14 76H34Z"
    }
}
