// The log of a run: follows it as it is written, and shows what is looked for. Lines stand in blocks, so that a browser
// lays out only those in sight, also of a hundred thousand.

const LinesInBlock = 200;
const HandMs = 1000;
const Severity = { TRC: 0, DBG: 1, INF: 2, OUT: 2, WRN: 3, ERR: 4, CRT: 5 };

const log = document.querySelector("[data-log]");
const tools = document.getElementById("log-tools");
let block = null;
let lines = 0;
let level = "INF";
let handAt = -HandMs;

export function followLog(whenEnded) {
    if (!log) return;
    const source = new EventSource(log.dataset.log);
    let waiting = [];
    source.onmessage = event => {
        if (waiting.push(event.data) > 1) return;

        // A page that is not looked at has no frames to wait for.
        (document.hidden ? setTimeout : requestAnimationFrame)(() => {
            for (const line of waiting) append(line);
            waiting = [];
            count();
            if (tools.follow.checked) showEnd();
        });
    };
    source.addEventListener("end", () => { source.close(); whenEnded(); });

    // Whoever scrolls up wants to read, and whoever comes back to the end to follow. But it also scrolls when blocks that
    // come into sight turn out to be higher than was thought, and then the end is further on.
    for (const act of ["wheel", "touchmove", "pointerdown", "keydown"]) log.addEventListener(act, () => { handAt = performance.now(); }, { passive: true });
    log.addEventListener("scroll", () => {
        const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
        if (atEnd || performance.now() - handAt < HandMs) tools.follow.checked = atEnd;
        else if (tools.follow.checked) showEnd();
    });
    tools.addEventListener("submit", event => event.preventDefault());
    tools.addEventListener("input", () => {
        log.classList.toggle("unwrapped", !tools.wrap.checked);
        if (tools.follow.checked) showEnd();
        for (const line of log.querySelectorAll(".line")) line.hidden = !isWanted(line);
        count();
    });
}

function showEnd() {
    log.scrollTop = log.scrollHeight;
}

function append(text) {
    if (lines++ % LinesInBlock === 0) block = log.appendChild(Object.assign(document.createElement("span"), { className: "block" }));

    // What has no level of its own, such as the lines of a stack trace, belongs to the line before.
    level = /^\S+Z ([A-Z]{3}) /.exec(text)?.[1] ?? level;
    const line = Object.assign(document.createElement("span"), { className: `line ${level.toLowerCase()}`, textContent: `${inViewersZone(text)}\n` });
    line.dataset.level = level;
    line.hidden = !isWanted(line);
    block.append(line);
}

function isWanted(line) {
    return (Severity[line.dataset.level] ?? 2) >= (Severity[tools.level.value] ?? 0) && line.textContent.toLowerCase().includes(tools.text.value.toLowerCase());
}

function count() {
    const isFiltered = tools.text.value !== "" || tools.level.value !== "";
    document.getElementById("log-count").textContent = isFiltered ? `${log.querySelectorAll(".line:not([hidden])").length} of ${lines} lines` : `${lines} lines`;
}

function inViewersZone(line) {
    return line.replace(/^\d{4}-\d\d-\d\dT\S+Z/, time => new Date(time).toLocaleString("sv-SE"));
}
