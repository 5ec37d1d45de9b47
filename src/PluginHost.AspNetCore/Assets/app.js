// Keeps the page true without reloading it: when the host says that something changed, the page is fetched again and
// what differs is put in its place. What carries data-keep is the viewer's own (a half-filled form, a log) and stays.

import { filterRows } from "./filter.js";
import { followLog } from "./log.js";

const RefreshPause = 400;

// A page that takes long is fetched the more seldom: many that are open at once must not use up the host.
const PauseForTime = 4;
const connection = document.getElementById("connection");
const notice = document.getElementById("notice");

let refreshing = false;
let changed = false;

async function refresh() {
    changed = true;
    if (refreshing) return;
    refreshing = true;
    while (changed) {
        changed = false;
        const begun = performance.now();
        try {
            const response = await fetch(location.href, { headers: { Accept: "text/html" } });

            // The session is over: the page to sign in on comes in place of this one.
            if (response.redirected) return location.assign(response.url);

            // A problem is a page too: what was looked at may be gone.
            const type = response.headers.get("Content-Type") ?? "";
            if (type.startsWith("text/html")) update(new DOMParser().parseFromString(await response.text(), "text/html"));
        } catch {
            // The host is away; the event stream tells when it is back.
        }
        await new Promise(done => setTimeout(done, Math.max(RefreshPause, PauseForTime * (performance.now() - begun))));
    }
    refreshing = false;
}

function update(page) {
    document.title = page.title;
    morph(document.querySelector("main"), page.querySelector("main"));
    writeTimes();
    filterRows();
}

// Makes one element like another, leaving alike parts alone, so that focus, selection and scrolling survive. What has
// an id stays itself wherever it stands: when a run's result appears above its log, the log must not become the result.
function morph(now, next) {
    if (now.hasAttribute("data-keep")) return;
    for (const { name } of [...now.attributes]) if (!next.hasAttribute(name)) now.removeAttribute(name);
    for (const { name, value } of next.attributes) if (now.getAttribute(name) !== value) now.setAttribute(name, value);

    const wanted = [...next.childNodes];
    const ids = new Set(wanted.map(child => child.id).filter(id => id));
    wanted.forEach((child, i) => {
        let present = now.childNodes[i];
        const same = child.id ? [...now.children].find(element => element.id === child.id) : null;
        while (same && present !== same && !ids.has(present.id)) {
            present.remove();
            present = now.childNodes[i];
        }
        if (!present || present.nodeName !== child.nodeName || (present.id ?? "") !== (child.id ?? "")) {
            now.insertBefore(child.cloneNode(true), present ?? null);
        } else if (child.nodeName === "TIME") {
            if (present.dateTime !== child.dateTime) present.replaceWith(child.cloneNode(true));
        } else if (child.nodeType === Node.ELEMENT_NODE) {
            morph(present, child);
        } else if (present.nodeValue !== child.nodeValue) {
            present.nodeValue = child.nodeValue;
        }
    });
    while (now.childNodes.length > wanted.length) now.lastChild.remove();
}

let events = null;

function watch() {
    events = new EventSource("api/v1/events");
    for (const kind of ["script", "run", "plugin", "deployment", "source", "activity"]) events.addEventListener(kind, refresh);
    events.addEventListener("connected", () => { connection.textContent = ""; refresh(); });
    events.onerror = () => {
        connection.textContent = "The host is away; trying again…";

        // It does not try again when it was refused: then it is the page that says why.
        if (events.readyState === EventSource.CLOSED) refresh();
    };
}

// A browser opens only six connections to a host: pages that nobody looks at must not hold them.
document.addEventListener("visibilitychange", () => {
    events?.close();
    if (!document.hidden) watch();
});

function writeTimes() {
    for (const time of document.querySelectorAll("time")) {
        const at = new Date(time.dateTime);
        const text = time.dataset.style === "absolute" ? at.toLocaleString() : relative(at);
        if (time.textContent !== text) time.textContent = text;
        time.title = at.toLocaleString();
    }
}

function relative(at) {
    const seconds = Math.round((at - Date.now()) / 1000);
    if (seconds === 0) return "now";
    const [size, unit] = Math.abs(seconds) < 60 ? [1, "s"] : Math.abs(seconds) < 3600 ? [60, "min"] : Math.abs(seconds) < 86400 ? [3600, "h"] : [86400, "d"];
    const amount = `${Math.abs(Math.trunc(seconds / size))} ${unit}`;
    return seconds > 0 ? `in ${amount}` : `${amount} ago`;
}

// Answers a problem, too, when the host is away or something between here and there answers in its place.
async function send(url, body, method = "POST") {
    try {
        const response = await fetch(url, {
            method, headers: { "Content-Type": "application/json" }, body: body === undefined ? undefined : JSON.stringify(body),
        });
        const isJson = /[/+]json/.test(response.headers.get("Content-Type") ?? "");
        return { ok: response.ok && (isJson || response.status === 204), answer: isJson ? await response.json() : { title: `The answer was ${response.status} ${response.statusText}.` } };
    } catch {
        return { ok: false, answer: { title: "The host cannot be reached." } };
    }
}

document.addEventListener("click", async event => {
    const button = event.target.closest("button[data-post]");
    if (!button || (button.dataset.ask && !confirm(button.dataset.ask))) return;
    button.disabled = true;
    const { ok, answer } = await send(button.dataset.post, button.dataset.body && JSON.parse(button.dataset.body), button.dataset.method);
    button.disabled = false;
    notice.textContent = ok ? "" : answer.title;
    if (ok && button.dataset.then === "run") location.href = new URL(`runs/${answer.id}`, document.baseURI);
    else if (ok) refresh();
});

document.addEventListener("submit", async event => {
    const form = event.target.closest("form[data-run]");
    if (!form) return;
    event.preventDefault();
    const { ok, answer } = await send(form.dataset.run, { parameters: values(form), ...options(form) });
    if (ok) location.href = new URL(`runs/${answer.id}`, document.baseURI);
    else showErrors(form, answer);
});

document.addEventListener("submit", async event => {
    const form = event.target.closest("form[data-put]");
    if (!form) return;
    event.preventDefault();
    const wanted = {};
    for (const field of form.querySelectorAll("input[name], select[name]")) {
        if (field.value !== "") wanted[field.name] = field.dataset.type === "json" ? parse(field.value) : field.value;
    }
    const { id = "", ...body } = wanted;
    const { ok, answer } = await send(form.dataset.put + encodeURIComponent(id), body, "PUT");
    if (!ok) return showErrors(form, answer);
    form.reset();
    form.closest("details").open = false;
    refresh();
});

// What belongs to a field stands beside it, also what is wrong within it.
function showErrors(form, answer) {
    for (const place of form.querySelectorAll("[data-error]")) place.textContent = "";
    const errors = Object.entries(answer.errors ?? {});
    for (const [name, texts] of errors) {
        const place = [name, name.split(".")[0], ""].map(name => form.querySelector(`[data-error="${CSS.escape(name)}"]`)).find(place => place);
        place.textContent += `${texts.join(" ")} `;
    }
    if (errors.length === 0) form.querySelector('[data-error=""]').textContent = answer.title;
}

// What was left as it was is not sent: the script's own default holds.
function values(form) {
    const given = {};
    for (const field of form.querySelectorAll("input[name], select[name]")) {
        if (field.type === "checkbox") {
            if (field.checked !== field.defaultChecked) given[field.name] = field.checked;
        } else if (field.tagName === "SELECT" ? ![...field.options].some(o => o.selected && o.defaultSelected) : field.value !== field.defaultValue) {
            given[field.name] = ["array", "object", "json"].includes(field.dataset.type) ? parse(field.value) : field.value;
        }
    }
    return given;
}

// What is no parameter: when to start, and on which version.
function options(form) {
    const given = {};
    for (const { dataset, type, value } of form.querySelectorAll("[data-option]")) {
        if (value !== "") given[dataset.option] = type === "datetime-local" ? new Date(value).toISOString() : value;
    }
    return given;
}

function parse(text) {
    try { return JSON.parse(text); } catch { return text; }
}

// What is dear to make is not part of the page: it is asked for once the page is there, and now and then.
async function loadParts() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const part of document.querySelectorAll("[data-part]")) {
        if ("once" in part.dataset && part.hasChildNodes()) continue;
        try {
            const address = new URL(part.dataset.part, document.baseURI);
            address.searchParams.set("timeZone", zone);
            const response = await fetch(address);
            if (response.ok) part.replaceChildren(...new DOMParser().parseFromString(await response.text(), "text/html").body.childNodes);
        } catch {
            // The host is away; the next time comes.
        }
    }
}

writeTimes();
setInterval(writeTimes, 1000);
watch();
followLog(refresh);
filterRows();
loadParts();
setInterval(loadParts, 60_000);
