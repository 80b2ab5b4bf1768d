<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ar" sourcelanguage="en">
<context>
    <name>Languages</name>
    <message>
        <source>Arabic</source>
        <translation>العربية</translation>
    </message>
    <message>
        <source>Danish</source>
        <translation>الدنماركية</translation>
    </message>
    <message>
        <source>German</source>
        <translation>الألمانية</translation>
    </message>
    <message>
        <source>English</source>
        <translation>الإنجليزية</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>الإسبانية</translation>
    </message>
    <message>
        <source>Finnish</source>
        <translation>الفنلندية</translation>
    </message>
    <message>
        <source>French</source>
        <translation>الفرنسية</translation>
    </message>
    <message>
        <source>Hindi</source>
        <translation>الهندية</translation>
    </message>
    <message>
        <source>Italian</source>
        <translation>الإيطالية</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>اليابانية</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>الكورية</translation>
    </message>
    <message>
        <source>Norwegian</source>
        <translation>النرويجية</translation>
    </message>
    <message>
        <source>Dutch</source>
        <translation>الهولندية</translation>
    </message>
    <message>
        <source>Polish</source>
        <translation>البولندية</translation>
    </message>
    <message>
        <source>Portuguese</source>
        <translation>البرتغالية</translation>
    </message>
    <message>
        <source>Swedish</source>
        <translation>السويدية</translation>
    </message>
    <message>
        <source>Turkish</source>
        <translation>التركية</translation>
    </message>
    <message>
        <source>Ukrainian</source>
        <translation>الأوكرانية</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>الصينية</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>{guide}, an AI guide</source>
        <translation>{guide}، مرشدة بالذكاء الاصطناعي</translation>
    </message>
    <message>
        <source>{guide} is speaking</source>
        <translation>{guide} تتكلّم</translation>
    </message>
    <message>
        <source>I can tell you about this place, and help you find your way.</source>
        <translation>أحدّثك عن هذا المكان، وأساعدك على أن تجد طريقك.</translation>
    </message>
    <message>
        <source>Hello. How can I help you?</source>
        <translation>أهلًا بك. كيف أساعدك؟</translation>
    </message>
    <message>
        <source>You talk with an AI. It listens only while the line on top of the screen is lit.</source>
        <translation>أنت تتحدّث مع ذكاء اصطناعي. لا يسمعك إلا حين يضيء الخطّ في أعلى الشاشة.</translation>
    </message>
    <message>
        <source>Your words go to the AI, so that it can answer.</source>
        <translation>تصل كلماتك إلى الذكاء الاصطناعي كي يستطيع أن يجيبك.</translation>
    </message>
    <message>
        <source>Please ask somebody who works here.</source>
        <translation>يُرجى سؤال أحد العاملين هنا.</translation>
    </message>
    <message>
        <source>English</source>
        <translation>العربية</translation>
    </message>
    <message>
        <source>Touch here,
and ask away</source>
        <translation>المس هنا،
واسأل ما تشاء</translation>
    </message>
    <message>
        <source>Touch here,
or say hello</source>
        <translation>المس هنا،
أو قل مرحبًا</translation>
    </message>
    <message>
        <source>I listen for a hello. Nothing of it leaves this kiosk.</source>
        <translation>أنتظر منك تحيّة. لا يخرج شيء منها من هذا الجهاز.</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>جارٍ البدء</translation>
    </message>
    <message>
        <source>Closed just now</source>
        <translation>مغلق الآن</translation>
    </message>
    <message>
        <source>I am here again in opening hours.</source>
        <translation>أعود إليك في مواعيد العمل.</translation>
    </message>
    <message>
        <source>Open again: {when}</source>
        <translation>نفتح من جديد: {when}</translation>
    </message>
    <message>
        <source>Read more on your phone.</source>
        <translation>اقرأ المزيد على هاتفك.</translation>
    </message>
    <message>
        <source>Before we talk</source>
        <translation>قبل أن نتحدّث</translation>
    </message>
    <message>
        <source>One moment</source>
        <translation>لحظة من فضلك</translation>
    </message>
    <message>
        <source>I am getting ready.</source>
        <translation>أستعدّ لك الآن.</translation>
    </message>
    <message>
        <source>Others are talking with me. It is your turn in a moment.</source>
        <translation>يتحدّث معي آخرون الآن. دورك بعد لحظات.</translation>
    </message>
    <message>
        <source>The line broke. I am coming back.</source>
        <translation>انقطع الاتصال. سأعود حالًا.</translation>
    </message>
    <message>
        <source>What you said so far is not lost.</source>
        <translation>ما قلته حتى الآن لم يضِع.</translation>
    </message>
    <message>
        <source>Ready when you are</source>
        <translation>تفضّل متى شئت</translation>
    </message>
    <message>
        <source>Hold Talk while you speak, or tap it once.</source>
        <translation>اضغط «تكلّم» ما دمت تتحدّث، أو المسه مرّة واحدة.</translation>
    </message>
    <message>
        <source>Just speak. Or hold Talk, or touch a question.</source>
        <translation>تكلّم فحسب. أو اضغط «تكلّم»، أو المس أحد الأسئلة.</translation>
    </message>
    <message>
        <source>Touch Type, or one of the questions.</source>
        <translation>المس «اكتب»، أو أحد الأسئلة.</translation>
    </message>
    <message>
        <source>I’m listening</source>
        <translation>أنا أسمعك</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>تفضّل</translation>
    </message>
    <message>
        <source>Microphone off</source>
        <translation>الميكروفون مغلق</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>أفكّر</translation>
    </message>
    <message>
        <source>Still looking</source>
        <translation>ما زلت أبحث</translation>
    </message>
    <message>
        <source>Not what you said? Touch the words.</source>
        <translation>لم تقل هذا؟ المس الكلمات.</translation>
    </message>
    <message>
        <source>This takes longer than it should. Stop, and ask again, or ask for a person.</source>
        <translation>طال الأمر أكثر مما ينبغي. المس «توقّف» واسأل من جديد، أو اطلب موظفًا.</translation>
    </message>
    <message>
        <source>I have no answer to that just now. Please ask me again.</source>
        <translation>ليس عندي جواب عن هذا الآن. اسألني مرّة أخرى من فضلك.</translation>
    </message>
    <message>
        <source>I can’t hear you yet. Take your time.</source>
        <translation>لا أسمعك بعد. خذ وقتك.</translation>
    </message>
    <message>
        <source>No microphone</source>
        <translation>لا ميكروفون</translation>
    </message>
    <message>
        <source>I can’t hear you. You can type.</source>
        <translation>لا أسمعك. يمكنك أن تكتب.</translation>
    </message>
    <message>
        <source>There is no sound just now. Please read along.</source>
        <translation>لا صوت الآن. تابع بالقراءة من فضلك.</translation>
    </message>
    <message>
        <source>A person is here</source>
        <translation>معك موظف الآن</translation>
    </message>
    <message>
        <source>{name} is here</source>
        <translation>{name} معك الآن</translation>
    </message>
    <message>
        <source>You are talking with a person now.</source>
        <translation>أنت تتحدّث الآن مع إنسان.</translation>
    </message>
    <message>
        <source>The answer is being written …</source>
        <translation>تُكتب الإجابة الآن …</translation>
    </message>
    <message>
        <source>No hurry</source>
        <translation>على مهلك</translation>
    </message>
    <message>
        <source>Are you still there?</source>
        <translation>هل ما زلت هنا؟</translation>
    </message>
    <message>
        <source>Take all the time you like. Touch the screen or say anything, and we carry on.</source>
        <translation>خذ كلّ ما تشاء من الوقت. المس الشاشة أو قل أي شيء، فنتابع.</translation>
    </message>
    <message>
        <source>No connection</source>
        <translation>لا اتصال</translation>
    </message>
    <message>
        <source>I can’t answer just now.</source>
        <translation>لا أستطيع الإجابة الآن.</translation>
    </message>
    <message>
        <source>I keep trying by myself.</source>
        <translation>وسأواصل المحاولة بنفسي.</translation>
    </message>
    <message>
        <source>Thank you.</source>
        <translation>شكرًا لك.</translation>
    </message>
    <message>
        <source>Was this helpful?</source>
        <translation>هل أفادك هذا؟</translation>
    </message>
    <message>
        <source>Noted, thank you.</source>
        <translation>سجّلنا رأيك، شكرًا.</translation>
    </message>
    <message>
        <source>Everything is cleared</source>
        <translation>يُمحى كلّ شيء</translation>
    </message>
    <message>
        <source>Out of order</source>
        <translation>خارج الخدمة</translation>
    </message>
    <message>
        <source>I can’t help just now.</source>
        <translation>لا أستطيع المساعدة الآن.</translation>
    </message>
    <message>
        <source>Staff</source>
        <translation>الموظفون</translation>
    </message>
    <message>
        <source>Choose a staff PIN.</source>
        <translation>اختر رقمًا سريًّا للموظفين.</translation>
    </message>
    <message>
        <source>The kiosk is in staff hands.</source>
        <translation>الجهاز في عهدة الموظفين.</translation>
    </message>
    <message>
        <source>Talk</source>
        <translation>تكلّم</translation>
    </message>
    <message>
        <source>Tap to send</source>
        <translation>أرسل</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>توقّف</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>اكتب</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>كتم</translation>
    </message>
    <message>
        <source>Unmute</source>
        <translation>إلغاء الكتم</translation>
    </message>
    <message>
        <source>A person</source>
        <translation>موظف</translation>
    </message>
    <message>
        <source>Repeat</source>
        <translation>أعِد</translation>
    </message>
    <message>
        <source>Louder</source>
        <translation>أعلى</translation>
    </message>
    <message>
        <source>Softer</source>
        <translation>أخفض</translation>
    </message>
    <message>
        <source>Slower</source>
        <translation>أبطأ</translation>
    </message>
    <message>
        <source>Faster</source>
        <translation>أسرع</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>ما سبق</translation>
    </message>
    <message>
        <source>You</source>
        <translation>أنت</translation>
    </message>
    <message>
        <source>Touch your own words to correct them.</source>
        <translation>المس كلماتك لتصحّحها.</translation>
    </message>
    <message>
        <source>I am calling somebody.</source>
        <translation>أستدعي أحد الموظفين.</translation>
    </message>
    <message>
        <source>Somebody is on the way.</source>
        <translation>أحدهم في الطريق إليك.</translation>
    </message>
    <message>
        <source>I could not reach anybody.</source>
        <translation>لم أتمكّن من الوصول إلى أحد.</translation>
    </message>
    <message>
        <source>Please stay here. You can go on asking me.</source>
        <translation>ابقَ هنا من فضلك. يمكنك أن تواصل سؤالي.</translation>
    </message>
    <message>
        <source>Call the desk</source>
        <translation>نادِ الاستقبال</translation>
    </message>
    <message>
        <source>{guide} speaks {language}.</source>
        <translation>تتكلّم {guide} {language}.</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>إنهاء</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>خروج</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>حاول مجدّدًا</translation>
    </message>
    <message>
        <source>Yes, I’m here</source>
        <translation>نعم، أنا هنا</translation>
    </message>
    <message>
        <source>I’m done</source>
        <translation>انتهيت</translation>
    </message>
    <message>
        <source>Agree and talk</source>
        <translation>أوافق ونتحدّث</translation>
    </message>
    <message>
        <source>Type instead</source>
        <translation>أفضّل الكتابة</translation>
    </message>
    <message>
        <source>No thanks</source>
        <translation>لا، شكرًا</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>ابدأ من جديد</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>نعم</translation>
    </message>
    <message>
        <source>A little</source>
        <translation>قليلًا</translation>
    </message>
    <message>
        <source>Not really</source>
        <translation>ليس تمامًا</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>إرسال</translation>
    </message>
    <message>
        <source>space</source>
        <translation>مسافة</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>إغلاق</translation>
    </message>
    <message>
        <source>Type your question</source>
        <translation>اكتب سؤالك</translation>
    </message>
    <message>
        <source>Staff PIN</source>
        <translation>الرقم السرّي للموظفين</translation>
    </message>
    <message>
        <source>That is not the PIN.</source>
        <translation>هذا ليس الرقم السرّي.</translation>
    </message>
    <message>
        <source>Too many wrong ones. Try again in {time}.</source>
        <translation>محاولات خاطئة كثيرة. حاول مجدّدًا بعد {time}.</translation>
    </message>
    <message>
        <source>Choose a staff PIN</source>
        <translation>اختر رقمًا سرّيًّا للموظفين</translation>
    </message>
    <message>
        <source>4 to 12 digits. With it, staff leave the kiosk.</source>
        <translation>من 4 إلى 12 رقمًا. بها يغادر الموظفون شاشة الزوّار.</translation>
    </message>
    <message>
        <source>The same digits once more</source>
        <translation>أعِد كتابة الأرقام نفسها</translation>
    </message>
    <message>
        <source>Those two were not the same. Begin again.</source>
        <translation>لم يتطابق الرقمان. ابدأ من جديد.</translation>
    </message>
    <message>
        <source>Too easy to guess. 4 to 12 digits, not all the same, and not in a row.</source>
        <translation>يسهل تخمينه. من 4 إلى 12 رقمًا، غير متشابهة كلّها وغير متتالية.</translation>
    </message>
    <message>
        <source>The new PIN is in force.</source>
        <translation>الرقم السرّي الجديد سارٍ الآن.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>إلغاء</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>تمّ</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>الحالة</translation>
    </message>
    <message>
        <source>Having a look</source>
        <translation>جارٍ الفحص</translation>
    </message>
    <message>
        <source>Everything is well</source>
        <translation>كلّ شيء على ما يرام</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>الجهاز</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>الإصدار</translation>
    </message>
    <message>
        <source>Running for</source>
        <translation>يعمل منذ</translation>
    </message>
    <message>
        <source>Visits since the start</source>
        <translation>الزيارات منذ البدء</translation>
    </message>
    <message>
        <source>Agent not asked yet</source>
        <translation>لم يُسأل الوكيل بعد</translation>
    </message>
    <message>
        <source>Agent last reached at</source>
        <translation>آخر وصول إلى الوكيل</translation>
    </message>
    <message>
        <source>Agent lost at</source>
        <translation>انقطع الوكيل عند</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>الإعدادات</translation>
    </message>
    <message>
        <source>Defaults</source>
        <translation>القيم الافتراضية</translation>
    </message>
    <message>
        <source>Window put back</source>
        <translation>مرّات إعادة النافذة</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>الميكروفون</translation>
    </message>
    <message>
        <source>Loudspeaker</source>
        <translation>مكبّر الصوت</translation>
    </message>
    <message>
        <source>Back to visitors</source>
        <translation>العودة إلى الزوّار</translation>
    </message>
    <message>
        <source>Close for now</source>
        <translation>إغلاق مؤقّت</translation>
    </message>
    <message>
        <source>Open again</source>
        <translation>إعادة الفتح</translation>
    </message>
    <message>
        <source>Restart program</source>
        <translation>إعادة التشغيل</translation>
    </message>
    <message>
        <source>Restart machine</source>
        <translation>إعادة تشغيل الجهاز</translation>
    </message>
    <message>
        <source>Version before</source>
        <translation>الإصدار السابق</translation>
    </message>
    <message>
        <source>Sure? Touch again</source>
        <translation>متأكّد؟ المس ثانيةً</translation>
    </message>
    <message>
        <source>Tries again at</source>
        <translation>المحاولة التالية</translation>
    </message>
    <message>
        <source>Out of order since</source>
        <translation>خارج الخدمة منذ</translation>
    </message>
    <message>
        <source>Leave to system</source>
        <translation>خروج إلى النظام</translation>
    </message>
    <message>
        <source>Change PIN</source>
        <translation>تغيير الرقم</translation>
    </message>
    <message>
        <source>This demo is unlocked: Esc leaves.</source>
        <translation>هذا العرض غير مقفل: المفتاح Esc ينهيه.</translation>
    </message>
    <message>
        <source>Please say that again.</source>
        <translation>أعِد ما قلته من فضلك.</translation>
    </message>
    <message>
        <source>I would like to talk to a person, please.</source>
        <translation>أودّ التحدّث إلى موظف من فضلك.</translation>
    </message>
</context>
</TS>
