<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>Languages</name>
    <message>
        <source>Arabic</source>
        <translation>Arabisch</translation>
    </message>
    <message>
        <source>Danish</source>
        <translation>Dänisch</translation>
    </message>
    <message>
        <source>German</source>
        <translation>Deutsch</translation>
    </message>
    <message>
        <source>English</source>
        <translation>Englisch</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>Spanisch</translation>
    </message>
    <message>
        <source>Finnish</source>
        <translation>Finnisch</translation>
    </message>
    <message>
        <source>French</source>
        <translation>Französisch</translation>
    </message>
    <message>
        <source>Hindi</source>
        <translation>Hindi</translation>
    </message>
    <message>
        <source>Italian</source>
        <translation>Italienisch</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>Japanisch</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>Koreanisch</translation>
    </message>
    <message>
        <source>Norwegian</source>
        <translation>Norwegisch</translation>
    </message>
    <message>
        <source>Dutch</source>
        <translation>Niederländisch</translation>
    </message>
    <message>
        <source>Polish</source>
        <translation>Polnisch</translation>
    </message>
    <message>
        <source>Portuguese</source>
        <translation>Portugiesisch</translation>
    </message>
    <message>
        <source>Swedish</source>
        <translation>Schwedisch</translation>
    </message>
    <message>
        <source>Turkish</source>
        <translation>Türkisch</translation>
    </message>
    <message>
        <source>Ukrainian</source>
        <translation>Ukrainisch</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>Chinesisch</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>{guide}, an AI guide</source>
        <translation>{guide}, Ihr KI-Guide</translation>
    </message>
    <message>
        <source>{guide} is speaking</source>
        <translation>{guide} spricht</translation>
    </message>
    <message>
        <source>I can tell you about this place, and help you find your way.</source>
        <translation>Ich erzähle Ihnen gern von diesem Haus und helfe Ihnen, sich zurechtzufinden.</translation>
    </message>
    <message>
        <source>Hello. How can I help you?</source>
        <translation>Guten Tag. Wie kann ich Ihnen helfen?</translation>
    </message>
    <message>
        <source>You talk with an AI. It listens only while the line on top of the screen is lit.</source>
        <translation>Sie sprechen mit einer KI. Sie hört nur zu, solange die Linie oben am Bildschirm leuchtet.</translation>
    </message>
    <message>
        <source>Your words go to the AI, so that it can answer.</source>
        <translation>Ihre Worte gehen an die KI, damit sie antworten kann.</translation>
    </message>
    <message>
        <source>Please ask somebody who works here.</source>
        <translation>Bitte wenden Sie sich an jemanden, der hier arbeitet.</translation>
    </message>
    <message>
        <source>English</source>
        <translation>Deutsch</translation>
    </message>
    <message>
        <source>Touch here,
and ask away</source>
        <translation>Hier berühren
und einfach fragen</translation>
    </message>
    <message>
        <source>Touch here,
or say hello</source>
        <translation>Hier berühren
oder Hallo sagen</translation>
    </message>
    <message>
        <source>I listen for a hello. Nothing of it leaves this kiosk.</source>
        <translation>Ich warte auf ein Hallo. Nichts davon verlässt dieses Gerät.</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Ich starte</translation>
    </message>
    <message>
        <source>Closed just now</source>
        <translation>Gerade geschlossen</translation>
    </message>
    <message>
        <source>I am here again in opening hours.</source>
        <translation>Zu den Öffnungszeiten bin ich wieder da.</translation>
    </message>
    <message>
        <source>Open again: {when}</source>
        <translation>Wieder geöffnet: {when}</translation>
    </message>
    <message>
        <source>Read more on your phone.</source>
        <translation>Mehr dazu auf Ihrem Telefon.</translation>
    </message>
    <message>
        <source>Before we talk</source>
        <translation>Bevor wir sprechen</translation>
    </message>
    <message>
        <source>One moment</source>
        <translation>Einen Moment</translation>
    </message>
    <message>
        <source>I am getting ready.</source>
        <translation>Ich bin gleich so weit.</translation>
    </message>
    <message>
        <source>Others are talking with me. It is your turn in a moment.</source>
        <translation>Gerade sprechen andere mit mir. Gleich sind Sie an der Reihe.</translation>
    </message>
    <message>
        <source>The line broke. I am coming back.</source>
        <translation>Die Verbindung ist abgerissen. Ich komme gleich wieder.</translation>
    </message>
    <message>
        <source>What you said so far is not lost.</source>
        <translation>Was Sie bisher gesagt haben, ist nicht verloren.</translation>
    </message>
    <message>
        <source>Ready when you are</source>
        <translation>Bereit, wenn Sie es sind</translation>
    </message>
    <message>
        <source>Hold Talk while you speak, or tap it once.</source>
        <translation>Halten Sie „Reden“ gedrückt, oder tippen Sie es einmal an.</translation>
    </message>
    <message>
        <source>Just speak. Or hold Talk, or touch a question.</source>
        <translation>Sprechen Sie einfach. Oder halten Sie „Reden“, oder berühren Sie eine Frage.</translation>
    </message>
    <message>
        <source>Touch Type, or one of the questions.</source>
        <translation>Berühren Sie „Tippen“ oder eine der Fragen.</translation>
    </message>
    <message>
        <source>I’m listening</source>
        <translation>Ich höre zu</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Bitte sprechen Sie</translation>
    </message>
    <message>
        <source>Microphone off</source>
        <translation>Mikrofon aus</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>Ich denke nach</translation>
    </message>
    <message>
        <source>Still looking</source>
        <translation>Ich suche noch</translation>
    </message>
    <message>
        <source>Not what you said? Touch the words.</source>
        <translation>Das haben Sie nicht gesagt? Berühren Sie die Worte.</translation>
    </message>
    <message>
        <source>This takes longer than it should. Stop, and ask again, or ask for a person.</source>
        <translation>Das dauert länger, als es sollte. Tippen Sie auf „Stopp“ und fragen Sie noch einmal, oder rufen Sie jemanden vom Personal.</translation>
    </message>
    <message>
        <source>I have no answer to that just now. Please ask me again.</source>
        <translation>Darauf habe ich gerade keine Antwort. Bitte fragen Sie mich noch einmal.</translation>
    </message>
    <message>
        <source>I can’t hear you yet. Take your time.</source>
        <translation>Ich höre Sie noch nicht. Lassen Sie sich Zeit.</translation>
    </message>
    <message>
        <source>No microphone</source>
        <translation>Kein Mikrofon</translation>
    </message>
    <message>
        <source>I can’t hear you. You can type.</source>
        <translation>Ich kann Sie nicht hören. Sie können tippen.</translation>
    </message>
    <message>
        <source>There is no sound just now. Please read along.</source>
        <translation>Im Moment gibt es keinen Ton. Bitte lesen Sie mit.</translation>
    </message>
    <message>
        <source>A person is here</source>
        <translation>Ein Mensch ist für Sie da</translation>
    </message>
    <message>
        <source>{name} is here</source>
        <translation>{name} ist für Sie da</translation>
    </message>
    <message>
        <source>You are talking with a person now.</source>
        <translation>Sie sprechen jetzt mit einem Menschen.</translation>
    </message>
    <message>
        <source>The answer is being written …</source>
        <translation>Die Antwort wird gerade geschrieben …</translation>
    </message>
    <message>
        <source>No hurry</source>
        <translation>Keine Eile</translation>
    </message>
    <message>
        <source>Are you still there?</source>
        <translation>Sind Sie noch da?</translation>
    </message>
    <message>
        <source>Take all the time you like. Touch the screen or say anything, and we carry on.</source>
        <translation>Nehmen Sie sich alle Zeit. Berühren Sie den Bildschirm oder sagen Sie etwas, dann geht es weiter.</translation>
    </message>
    <message>
        <source>No connection</source>
        <translation>Keine Verbindung</translation>
    </message>
    <message>
        <source>I can’t answer just now.</source>
        <translation>Ich kann gerade nicht antworten.</translation>
    </message>
    <message>
        <source>I keep trying by myself.</source>
        <translation>Ich versuche es von selbst weiter.</translation>
    </message>
    <message>
        <source>Thank you.</source>
        <translation>Vielen Dank.</translation>
    </message>
    <message>
        <source>Was this helpful?</source>
        <translation>Hat Ihnen das geholfen?</translation>
    </message>
    <message>
        <source>Noted, thank you.</source>
        <translation>Notiert, danke schön.</translation>
    </message>
    <message>
        <source>Everything is cleared</source>
        <translation>Alles wird gelöscht</translation>
    </message>
    <message>
        <source>Out of order</source>
        <translation>Außer Betrieb</translation>
    </message>
    <message>
        <source>I can’t help just now.</source>
        <translation>Ich kann gerade nicht helfen.</translation>
    </message>
    <message>
        <source>Staff</source>
        <translation>Personal</translation>
    </message>
    <message>
        <source>Choose a staff PIN.</source>
        <translation>Wählen Sie eine PIN für das Personal.</translation>
    </message>
    <message>
        <source>The kiosk is in staff hands.</source>
        <translation>Das Personal arbeitet an diesem Gerät.</translation>
    </message>
    <message>
        <source>Talk</source>
        <translation>Reden</translation>
    </message>
    <message>
        <source>Tap to send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Tippen</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>Stumm</translation>
    </message>
    <message>
        <source>Unmute</source>
        <translation>Mikro an</translation>
    </message>
    <message>
        <source>A person</source>
        <translation>Personal</translation>
    </message>
    <message>
        <source>Repeat</source>
        <translation>Nochmal</translation>
    </message>
    <message>
        <source>Louder</source>
        <translation>Lauter</translation>
    </message>
    <message>
        <source>Softer</source>
        <translation>Leiser</translation>
    </message>
    <message>
        <source>Slower</source>
        <translation>Langsam</translation>
    </message>
    <message>
        <source>Faster</source>
        <translation>Schneller</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>You</source>
        <translation>Sie</translation>
    </message>
    <message>
        <source>Touch your own words to correct them.</source>
        <translation>Berühren Sie Ihre Worte, um sie zu berichtigen.</translation>
    </message>
    <message>
        <source>I am calling somebody.</source>
        <translation>Ich rufe jemanden.</translation>
    </message>
    <message>
        <source>Somebody is on the way.</source>
        <translation>Es kommt jemand zu Ihnen.</translation>
    </message>
    <message>
        <source>I could not reach anybody.</source>
        <translation>Ich konnte niemanden erreichen.</translation>
    </message>
    <message>
        <source>Please stay here. You can go on asking me.</source>
        <translation>Bitte bleiben Sie hier. Sie können mich gern weiter fragen.</translation>
    </message>
    <message>
        <source>Call the desk</source>
        <translation>Empfang rufen</translation>
    </message>
    <message>
        <source>{guide} speaks {language}.</source>
        <translation>{guide} spricht {language}.</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>Verlassen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Yes, I’m here</source>
        <translation>Ja, ich bin da</translation>
    </message>
    <message>
        <source>I’m done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Agree and talk</source>
        <translation>Einverstanden</translation>
    </message>
    <message>
        <source>Type instead</source>
        <translation>Lieber tippen</translation>
    </message>
    <message>
        <source>No thanks</source>
        <translation>Nein danke</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>Neu beginnen</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Ja</translation>
    </message>
    <message>
        <source>A little</source>
        <translation>Ein wenig</translation>
    </message>
    <message>
        <source>Not really</source>
        <translation>Eher nicht</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Type your question</source>
        <translation>Schreiben Sie Ihre Frage</translation>
    </message>
    <message>
        <source>Staff PIN</source>
        <translation>PIN des Personals</translation>
    </message>
    <message>
        <source>That is not the PIN.</source>
        <translation>Das ist nicht die PIN.</translation>
    </message>
    <message>
        <source>Too many wrong ones. Try again in {time}.</source>
        <translation>Zu viele falsche. Versuchen Sie es in {time} wieder.</translation>
    </message>
    <message>
        <source>Choose a staff PIN</source>
        <translation>PIN für das Personal wählen</translation>
    </message>
    <message>
        <source>4 to 12 digits. With it, staff leave the kiosk.</source>
        <translation>4 bis 12 Ziffern. Damit verlässt das Personal den Kiosk.</translation>
    </message>
    <message>
        <source>The same digits once more</source>
        <translation>Dieselben Ziffern noch einmal</translation>
    </message>
    <message>
        <source>Those two were not the same. Begin again.</source>
        <translation>Die beiden waren nicht gleich. Bitte von vorn.</translation>
    </message>
    <message>
        <source>Too easy to guess. 4 to 12 digits, not all the same, and not in a row.</source>
        <translation>Zu leicht zu erraten. 4 bis 12 Ziffern, nicht alle gleich und nicht der Reihe nach.</translation>
    </message>
    <message>
        <source>The new PIN is in force.</source>
        <translation>Die neue PIN gilt.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>OK</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Having a look</source>
        <translation>Ich sehe nach</translation>
    </message>
    <message>
        <source>Everything is well</source>
        <translation>Alles in Ordnung</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Running for</source>
        <translation>Läuft seit</translation>
    </message>
    <message>
        <source>Visits since the start</source>
        <translation>Besuche seit dem Start</translation>
    </message>
    <message>
        <source>Agent not asked yet</source>
        <translation>Agent noch nicht gefragt</translation>
    </message>
    <message>
        <source>Agent last reached at</source>
        <translation>Agent zuletzt erreicht um</translation>
    </message>
    <message>
        <source>Agent lost at</source>
        <translation>Agent verloren um</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Defaults</source>
        <translation>Voreinstellungen</translation>
    </message>
    <message>
        <source>Window put back</source>
        <translation>Fenster zurückgeholt</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>Mikrofon</translation>
    </message>
    <message>
        <source>Loudspeaker</source>
        <translation>Lautsprecher</translation>
    </message>
    <message>
        <source>Back to visitors</source>
        <translation>Zurück zu den Gästen</translation>
    </message>
    <message>
        <source>Close for now</source>
        <translation>Jetzt schließen</translation>
    </message>
    <message>
        <source>Open again</source>
        <translation>Wieder öffnen</translation>
    </message>
    <message>
        <source>Restart program</source>
        <translation>Neu starten</translation>
    </message>
    <message>
        <source>Restart machine</source>
        <translation>Gerät neu starten</translation>
    </message>
    <message>
        <source>Version before</source>
        <translation>Vorige Version</translation>
    </message>
    <message>
        <source>Sure? Touch again</source>
        <translation>Sicher? Noch einmal</translation>
    </message>
    <message>
        <source>Tries again at</source>
        <translation>Nächster Versuch um</translation>
    </message>
    <message>
        <source>Out of order since</source>
        <translation>Außer Betrieb seit</translation>
    </message>
    <message>
        <source>Leave to system</source>
        <translation>Zum System</translation>
    </message>
    <message>
        <source>Change PIN</source>
        <translation>PIN ändern</translation>
    </message>
    <message>
        <source>This demo is unlocked: Esc leaves.</source>
        <translation>Diese Vorführung ist nicht gesperrt: Esc beendet sie.</translation>
    </message>
    <message>
        <source>Please say that again.</source>
        <translation>Bitte sagen Sie das noch einmal.</translation>
    </message>
    <message>
        <source>I would like to talk to a person, please.</source>
        <translation>Ich möchte bitte mit einem Menschen sprechen.</translation>
    </message>
</context>
</TS>
