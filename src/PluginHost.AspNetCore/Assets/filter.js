// Hides the rows that do not hold every word of the search. The search is part of the address, so that it can be shared.

const form = document.querySelector("form[data-filter]");

export function filterRows() {
    if (!form) return;
    const words = form.q.value.toLowerCase().split(/\s+/).filter(word => word);
    const rows = document.querySelectorAll(form.dataset.filter);
    let shown = 0;
    for (const row of rows) {
        row.hidden = !words.every(word => row.dataset.words.includes(word));
        if (!row.hidden) shown++;
    }
    form.querySelector("[data-count]").textContent = words.length > 0 ? `${shown} of ${rows.length}` : "";
    for (const button of form.querySelectorAll("[data-word]")) {
        button.setAttribute("aria-pressed", words.includes(button.dataset.word.toLowerCase()));
    }
}

function search(text) {
    form.q.value = text;
    const address = new URL(location.href);
    if (text) address.searchParams.set("q", text);
    else address.searchParams.delete("q");
    history.replaceState(null, "", address);
    filterRows();
}

if (form) {
    form.q.value = new URL(location.href).searchParams.get("q") ?? "";
    form.addEventListener("input", () => search(form.q.value));
    form.addEventListener("submit", event => event.preventDefault());
    form.addEventListener("click", event => {
        const button = event.target.closest("[data-word]");
        if (button) search(button.getAttribute("aria-pressed") === "true" ? "" : button.dataset.word);
    });
}
