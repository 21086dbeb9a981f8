(function () {
  "use strict";
  var root = document.documentElement, body = document.body;
  root.classList.add("js");
  function all(selector, from) { return Array.prototype.slice.call((from || document).querySelectorAll(selector)); }

  function showFamily(box) { body.classList.toggle("off-" + box.dataset.off, !box.checked); }
  function showOutlet(box) {
    all('[data-o="' + box.dataset.outlet + '"]').forEach(function (card) { card.hidden = !box.checked; });
  }
  all("[data-off]").forEach(function (box) {
    box.addEventListener("change", function () { showFamily(box); });
    showFamily(box);
  });
  var outlets = all("[data-outlet]");
  outlets.forEach(function (box) {
    box.addEventListener("change", function () { showOutlet(box); });
    if (!box.checked) { showOutlet(box); }
  });
  all("[data-all]").forEach(function (button) {
    button.addEventListener("click", function () {
      outlets.forEach(function (box) { box.checked = button.dataset.all === "on"; showOutlet(box); });
    });
  });

  // One keyboard stop per article; the arrow keys go from mark to mark.
  all(".card").forEach(function (card) {
    var marks = all("[tabindex]", card);
    marks.forEach(function (mark, index) {
      mark.tabIndex = index ? -1 : 0;
      mark.addEventListener("keydown", function (event) {
        var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!step || event.target !== mark) { return; }
        var next = marks[index + step];
        if (next) { mark.tabIndex = -1; next.tabIndex = 0; next.focus(); }
        event.preventDefault();
      });
    });
  });

  // A link into a folded part opens it, and shows an outlet that was filtered away.
  function reveal() {
    var id = decodeURIComponent(location.hash.slice(1)), target = id && document.getElementById(id);
    if (!target) { return; }
    for (var node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") { node.open = true; }
      if (node.hidden) {
        node.hidden = false;
        outlets.forEach(function (box) { if (box.dataset.outlet === node.dataset.o) { box.checked = true; showOutlet(box); } });
      }
    }
    target.scrollIntoView({ block: "center", inline: "center" });
    if (target.tabIndex >= -1 && target.hasAttribute("tabindex")) { target.focus({ preventScroll: true }); }
  }
  window.addEventListener("hashchange", reveal);
  reveal();

  // Paper cannot unfold.
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = all("details:not([open])");
    opened.forEach(function (part) { part.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (part) { part.open = false; });
  });
}());
