/* Kotim Social: small comforts. Every page works without this file. */
(function () {
  "use strict";

  // "/" goes to the search box, unless somebody is typing.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    var box = document.getElementById("site-search");
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  });

  // A select-all box names the field whose boxes it ticks; a count beside it follows.
  function boxes(all) {
    var scope = all.form || document;
    return Array.from(scope.querySelectorAll("input[type=checkbox]")).filter(function (box) {
      return box.name === all.dataset.selectAll && !box.disabled;
    });
  }

  function follow(all) {
    var list = boxes(all);
    var ticked = list.filter(function (box) { return box.checked; }).length;
    all.checked = list.length > 0 && ticked === list.length;
    all.indeterminate = ticked > 0 && ticked < list.length;
    document.querySelectorAll("[data-select-count]").forEach(function (place) {
      if (place.dataset.selectCount === all.dataset.selectAll) place.textContent = String(ticked);
    });
  }

  document.querySelectorAll("[data-select-all]").forEach(function (all) {
    all.hidden = false;
    all.addEventListener("change", function () {
      boxes(all).forEach(function (box) { box.checked = all.checked; });
      follow(all);
    });
    boxes(all).forEach(function (box) {
      box.addEventListener("change", function () { follow(all); });
    });
    follow(all);
  });

  // The open menu closes with Escape and gives the focus back.
  document.querySelectorAll("details.site-menu").forEach(function (menu) {
    menu.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
  });

  // Two minutes before the session ends by idleness a warning appears; a click on it, and nothing
  // else, keeps the session. The page and what is typed in it stay where they are.
  var WARN_BEFORE = 120;
  document.querySelectorAll("form[data-idle-seconds]").forEach(function (warning) {
    var waiting;
    function wait() {
      window.clearTimeout(waiting);
      warning.hidden = true;
      var seconds = Number(warning.dataset.idleSeconds) - WARN_BEFORE;
      waiting = window.setTimeout(function () { warning.hidden = false; }, Math.max(seconds, 1) * 1000);
    }
    warning.addEventListener("submit", function (event) {
      event.preventDefault();
      fetch(warning.action, { method: "POST", body: new FormData(warning), redirect: "manual" })
        .then(function (answer) { if (answer.ok) wait(); else warning.submit(); });
    });
    wait();
  });

  // The page of a running job looks again by itself as long as the server asks for it; without
  // this its link does. It is no click, and lengthens no session.
  function watch(part) {
    window.setTimeout(function () {
      fetch(window.location.href, { headers: { "X-Kotim-Draft": "1" }, redirect: "manual" })
        .then(function (answer) { return answer.ok ? answer.text() : ""; })
        .then(function (text) {
          var seen = new DOMParser().parseFromString(text, "text/html").getElementById(part.id);
          if (!seen) return;
          var inside = part.contains(document.activeElement);
          part.replaceWith(seen);
          var next = seen.querySelector("a, button");
          if (inside && next) next.focus();
          if (seen.dataset.follow) watch(seen);
        })
        .catch(function () { watch(part); });
    }, Number(part.dataset.follow) * 1000);
  }
  document.querySelectorAll("[data-follow]").forEach(watch);

  // A long form is kept on the server while somebody types: a quiet half minute after the last key.
  var QUIET = 30;
  document.querySelectorAll("input[name=draft_page]").forEach(function (mark) {
    var form = mark.form, waiting;
    var said = form.querySelector("[data-draft-status]");
    function keep() {
      var typed = new FormData(form);
      typed.set("draft", "auto");
      fetch(form.getAttribute("action") || window.location.href, { method: "POST", body: typed, headers: { "X-Kotim-Draft": "1" }, redirect: "manual" })
        .then(function (answer) { return answer.ok ? answer.text() : ""; })
        .then(function (text) { if (text && said) said.textContent = text; })
        .catch(function () { later(); });
    }
    function later() {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(keep, QUIET * 1000);
    }
    form.addEventListener("input", later);
    form.addEventListener("submit", function () { window.clearTimeout(waiting); });
  });
})();
