import QtQuick
// State word, what was heard, and the sentence, laid out at once and lit word by word. Nothing moves while it is spoken.
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
    readonly property real head: state.height + t.u(32) + (asked ? heard.height + t.u(32) : 0)
    readonly property real noteRoom: note.text !== "" ? note.height + t.u(24) : 0
    readonly property int lines: Math.max(1, Math.min(t.portrait || view.large ? 4 : 5, Math.floor((foot - y - head - noteRoom) / pitch)))
    height: foot - y
    FontMetrics { id: metrics; font.family: cap.t.font; font.pixelSize: cap.t.caption }
    onLinesChanged: view.room(width, lines)
    onWidthChanged: view.room(width, lines)
    Component.onCompleted: view.room(width, lines)

    Row {
        id: state
        objectName: "state"
        spacing: cap.t.u(16)
        Rectangle {   // the lamp: filled while the microphone is open, a ring while it is not
            anchors.verticalCenter: parent.verticalCenter
            width: cap.t.state * 0.5; height: width; radius: width / 2
            color: cap.scene.lamp ? cap.t.hue : "transparent"
            border { width: cap.t.state * 0.08; color: cap.t.hue }
        }
        Words { objectName: "label"; t: cap.t; text: cap.scene.word; color: cap.t.hue; font { pixelSize: cap.t.state; weight: Font.Medium } }
    }
    Rectangle {   // reduced motion: a bar is all that moves
        visible: cap.t.calm && cap.view.level > 0
        y: state.height + cap.t.u(8); height: Math.max(2, cap.view.sizes.mm); width: cap.view.level * 60 * cap.view.sizes.mm; color: cap.t.hue
    }
    Target {
        t: cap.t
        objectName: "heard"
        visible: cap.asked
        y: state.height + cap.t.u(32)
        width: cap.width; height: Math.max(heard.height, 1)
        onHit: cap.view.correct()
        Rectangle { y: cap.t.u(6); width: Math.max(2, cap.t.u(4)); height: parent.height - 2 * y; radius: width / 2; color: cap.t.line }
        Words {
            id: heard
            t: cap.t
            x: cap.t.u(24); width: cap.width - x
            text: cap.scene.heard; color: cap.t.muted
            wrapMode: Text.Wrap; maximumLineCount: 2; elide: Text.ElideRight
            horizontalAlignment: Text.AlignLeft
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
        Repeater {
            model: 72
            Words {
                id: word
                required property int index
                readonly property var place: cap.page.words[index]
                readonly property int number: cap.page.first + index
                readonly property bool cutHere: cap.tone === "cut" && number === cap.lit - 1
                t: cap.t
                visible: place !== undefined
                text: place ? place.text : ""
                x: place ? place.x : 0; y: place ? place.y : 0
                color: number < cap.lit ? (cap.tone === "voice" && number === cap.lit - 1 && cap.scene.mode === "speaking" && cap.lit < 900000 ? cap.t.mix(cap.t.coming, cap.t.text, 0.7) : cap.t.text)
                                        : cap.tone === "live" ? cap.t.muted : cap.t.coming
                Behavior on color { enabled: cap.t.word > 0 && cap.tone === "voice" && cap.scene.mode === "speaking"; ColorAnimation { duration: cap.t.word } }
                font { pixelSize: cap.t.caption; letterSpacing: cap.page.tracking }
                Words {
                    t: cap.t
                    visible: word.cutHere || (cap.tone === "live" && word.index === cap.page.words.length - 1)
                    text: word.cutHere ? "–" : "…"
                    x: word.implicitWidth; color: cap.t.hue
                    font { pixelSize: cap.t.caption; letterSpacing: word.cutHere ? -cap.t.caption * 0.1 : 0 }
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
        text: cap.scene.note; color: cap.t.muted
        wrapMode: Text.Wrap; lineHeight: 1.12
    }
}
