(() => {
  const form = document.getElementById("filter");
  const words = document.getElementById("words");
  const none = document.getElementById("none");
  const all = document.getElementById("all");
  const tests = [...document.querySelectorAll(".test")].map((test) => ({ test, text: test.textContent.toLowerCase() }));
  const apply = () => {
    const wanted = words.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const outcomes = new Set([...form.querySelectorAll("input:checked")].map((box) => box.value));
    let shown = 0;
    for (const { test, text } of tests) {
      const show = outcomes.has(test.dataset.outcome) && wanted.every((word) => text.includes(word));
      test.hidden = !show;
      shown += show ? 1 : 0;
    }
    none.hidden = shown > 0;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  all.addEventListener("click", () => {
    const open = all.getAttribute("aria-pressed") !== "true";
    for (const { test } of tests) test.open = open;
    all.setAttribute("aria-pressed", open);
    all.textContent = open ? "Close all" : "Open all";
  });
  // A link to a test (report.html#NAME) opens it.
  const linked = () => {
    const test = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (test && test.matches(".test")) {
      test.open = true;
      test.scrollIntoView();
    }
  };
  addEventListener("hashchange", linked);
  linked();
})();
