import QtQuick
// What was heard, and the sentence, laid out at once and lit word by word. Nothing moves while it is spoken.
Item {
    id: cap
    required property var t
    required property var view
    required property var scene
    required property real foot            // where the room for text ends
    readonly property string tone: scene.tone
    readonly property var page: view.caption
    readonly property int lit: view.lit
    readonly property real pitch: metrics.height * (view.large ? 1.08 : 1.14)
    readonly property bool asked: heard.text !== "" && !view.large
    readonly property real head: asked ? heard.height + t.u(32) : 0
    readonly property real noteRoom: note.text !== "" ? note.height + t.u(24) : 0
    readonly property int lines: Math.max(1, Math.min(t.portrait || view.large ? 4 : 5, Math.floor((foot - y - head - noteRoom) / pitch)))
    height: foot - y
    FontMetrics { id: metrics; font.family: cap.t.font; font.pixelSize: cap.t.caption }
    onLinesChanged: view.room(width, lines)
    onWidthChanged: view.room(width, lines)
    Component.onCompleted: view.room(width, lines)

    Target {
        t: cap.t
        objectName: "heard"
        visible: cap.asked
        enabled: cap.scene.correctable
        width: cap.width; height: Math.max(heard.height, 1)
        onHit: cap.view.correct()
        opacity: cap.asked ? 1 : 0
        Behavior on opacity { enabled: cap.t.change > 0 && cap.asked; NumberAnimation { duration: cap.t.change } }
        Rectangle { anchors.left: parent.left; y: cap.t.u(6); width: Math.max(2, cap.t.u(4)); height: parent.height - 2 * y; radius: width / 2; color: cap.t.line }
        Words {
            id: heard
            t: cap.t
            width: cap.width - cap.t.u(24); x: cap.t.lead(cap.t.u(24), width, cap.width)
            text: cap.scene.heard; color: cap.t.muted
            wrapMode: Text.Wrap; maximumLineCount: 2; elide: Text.ElideRight
        }
    }
    Target {
        id: sentence
        t: cap.t
        objectName: "sentence"
        enabled: cap.tone === "asked" && cap.scene.correctable
        y: cap.head; width: cap.width; height: cap.page.height
        onHit: cap.view.correct()
        scale: 1
        NumberAnimation { id: turn; target: sentence; property: "opacity"; from: 0; to: 1; duration: cap.t.word }
        Connections {   // large: the next sentence comes up in place of the last
            target: cap.view
            function onCaptionChanged() { if (cap.view.large && cap.t.change > 0 && cap.view.caption.first !== sentence.first) turn.restart(); sentence.first = cap.view.caption.first }
        }
        property int first: 0
        Repeater {
            model: 72
            Words {
                id: word
                required property int index
                readonly property var place: cap.page.words[index]
                readonly property int number: place ? cap.page.first + place.number : -1   // a word may come in pieces
                readonly property bool ends: place === undefined || !cap.page.words[index + 1] || cap.page.words[index + 1].number !== place.number
                readonly property bool cutHere: place !== undefined && cap.tone === "cut" && number === cap.lit - 1 && ends
                t: cap.t
                visible: place !== undefined
                text: place ? place.text : ""
                x: place ? place.x : 0; y: place ? place.y : 0
                color: number < cap.lit ? (cap.tone === "voice" && number === cap.lit - 1 && cap.scene.mode === "speaking" && cap.lit < 900000 ? cap.t.mix(cap.t.coming, cap.t.text, 0.7) : cap.t.text)
                                        : cap.tone === "live" ? cap.t.muted : cap.t.coming
                Behavior on color { enabled: cap.t.word > 0 && cap.tone === "voice" && cap.scene.mode === "speaking"; ColorAnimation { duration: cap.t.word } }
                font { pixelSize: cap.t.caption; letterSpacing: cap.page.tracking }
                readonly property var next: cap.page.words[index + 1]
                readonly property real gap: !place || !next || next.y !== place.y ? cap.t.caption * 0.5
                                          : cap.page.leftwards ? place.x - next.x - next.w : next.x - place.x - place.w
                Words {   // the dash takes exactly the place of the space between the words
                    t: cap.t
                    id: tail
                    transform: Scale { xScale: word.cutHere ? Math.min(1, word.gap / Math.max(1, tail.implicitWidth)) : 1; origin.x: cap.page.leftwards ? tail.width : 0 }
                    visible: word.cutHere || (cap.tone === "live" && word.index === cap.page.words.length - 1)
                    text: word.cutHere ? "–" : "…"
                    x: cap.page.leftwards ? -width : word.cutHere && word.place ? word.place.w : word.implicitWidth; color: cap.t.hue
                    font.pixelSize: cap.t.caption
                }
            }
        }
    }
    Words {
        id: note
        objectName: "note"
        t: cap.t
        y: cap.head + cap.page.height + cap.t.u(24)
        width: cap.width
        visible: text !== "" && !cap.view.keyboard.up && cap.head + cap.page.height + height <= cap.foot - cap.y      // a small glass full of choices has no room for it
        text: cap.scene.note; color: cap.t.muted
        wrapMode: Text.Wrap; lineHeight: 1.12
    }
}
