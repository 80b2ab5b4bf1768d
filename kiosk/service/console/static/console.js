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
