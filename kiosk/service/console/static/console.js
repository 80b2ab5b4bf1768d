// The console works without this; it only makes some of it quicker.
"use strict";

/** A state-changing request to the API, with the proof that it is ours. Throws what the API says is wrong. */
async function ask(method, path, body) {
  const answer = await fetch("/api/v1" + path, {
    method,
    headers: { "Content-Type": "application/json", "X-Proof": document.body.dataset.proof },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error(`${told.what}: ${told.remedy}`);
  return told;
}

// <form data-sure="Delete this?">: asks first.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.sure;
  if (question && !confirm(question)) event.preventDefault();
});

// <select data-go>: its form is sent as soon as something is chosen.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-go]")) event.target.form.requestSubmit();
});

// --- how the agent sounds -------------------------------------------------------------------------------------------
const voice = document.querySelector("[data-voice]");
if (voice) {
  const { language, voice: voices, speed } = voice.elements;
  const fit = () => {
    for (const one of voices.options) one.hidden = one.disabled = one.dataset.language !== language.value;
    if (voices.selectedOptions[0]?.disabled ?? true) voices.value = [...voices.options].find((one) => !one.disabled)?.value;
  };
  language.addEventListener("change", fit);
  speed.addEventListener("input", () => { voice.querySelector("output").value = speed.value; });
  fit();
  voice.querySelector("[data-listen]")?.addEventListener("click", async (event) => {
    const told = voice.querySelector("[data-told]"), player = voice.querySelector("audio"), button = event.target;
    const [engine, name] = voices.value.split("/");
    button.disabled = true;
    told.textContent = "It is being spoken …";
    try {
      const answer = await fetch("/api/v1/voice/sample", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Proof": document.body.dataset.proof },
        body: JSON.stringify({
          language: language.value, engine, voice: name, style: voice.elements.style.value,
          speed: Number(speed.value), text: voice.querySelector("[data-sample]").value,
        }),
      });
      if (!answer.ok) { const wrong = await answer.json(); throw new Error(`${wrong.what}: ${wrong.remedy}`); }
      URL.revokeObjectURL(player.src);
      player.src = URL.createObjectURL(await answer.blob());
      player.hidden = false;
      told.textContent = "";
      await player.play().catch(() => {});  // a browser that does not begin by itself shows the player
    } catch (error) {
      told.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  });
}

// --- what is held now -----------------------------------------------------------------------------------------------
const news = document.querySelector("[data-news]");
if (news) {
  new EventSource("/live/news").addEventListener("message", async () => {
    const there = new DOMParser().parseFromString(await (await fetch("/live")).text(), "text/html");
    news.replaceChildren(...there.querySelector("[data-news]").childNodes);
  });
}

const held = document.querySelector("[data-live]");
if (held) {
  const part = (name) => held.querySelector(`[data-${name}]`);
  const path = `/live/${held.dataset.live}/person`;
  const line = (it) => {
    const row = document.createElement("li"), who = document.createElement("span"), words = document.createElement("p");
    row.className = `said-by ${it.who}`;
    who.className = "who";
    who.textContent = it.name || it.who;
    words.className = "words";
    words.textContent = it.text + (it.who === "visitor" && !it.final ? " …" : "");
    if (it.cut) {
      const cut = document.createElement("span");
      cut.className = "cut-here";
      cut.textContent = " cut";
      words.append(cut);
    }
    row.append(who, words);
    return row;
  };
  const show = (it) => {
    part("lines").replaceChildren(...it.lines.map(line));
    part("phase").textContent = it.phase;
    part("person").textContent = it.ended ? "It is over." : `${it.person || "The agent"} answers.`;
    if (part("take")) {
      part("take").hidden = Boolean(it.person || it.ended);
      part("mine").hidden = !it.mine || Boolean(it.ended);
    }
    if (it.ended) stream.close();
  };
  const stream = new EventSource(`/live/news?id=${held.dataset.live}`);
  stream.addEventListener("message", (event) => show(JSON.parse(event.data)));
  const does = async (method, more, body) => {
    part("trouble").hidden = true;
    try {
      show(await ask(method, path + more, body));
      return true;
    } catch (error) {
      part("trouble").textContent = error.message;
      part("trouble").hidden = false;
      return false;
    }
  };
  const instead = (name, work) => part(name)?.addEventListener("submit", (event) => { event.preventDefault(); work(event.target); });
  instead("take", (form) => does("POST", "", { name: form.elements.name.value }));
  instead("back", () => does("DELETE", ""));
  instead("say", async (form) => {
    if (await does("POST", "/words", { text: form.elements.text.value })) form.reset();
  });
  let told = 0;
  part("say")?.elements.text.addEventListener("input", () => {
    if (Date.now() - told < 4000) return;
    told = Date.now();
    does("POST", "/writing");
  });
  part("say")?.elements.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); event.target.form.requestSubmit(); }
  });
}
