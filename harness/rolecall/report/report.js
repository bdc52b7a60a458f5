(() => {
  const form = document.getElementById("filter");
  const words = document.getElementById("words");
  const none = document.getElementById("none");
  const tests = [...document.querySelectorAll(".test")];
  const apply = () => {
    const wanted = words.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const outcomes = new Set([...form.querySelectorAll("input:checked")].map((box) => box.value));
    let shown = 0;
    for (const test of tests) {
      const text = (test.dataset.name + " " + test.querySelector(".title").textContent).toLowerCase();
      const show = outcomes.has(test.dataset.outcome) && wanted.every((word) => text.includes(word));
      test.hidden = !show;
      shown += show ? 1 : 0;
    }
    none.hidden = shown > 0;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
})();
