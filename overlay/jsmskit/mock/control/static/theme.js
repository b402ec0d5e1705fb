// Runs before the first paint, so that a chosen theme does not flash the other one. Not a module for that reason.
(() => {
  try {
    const chosen = localStorage.getItem("jsms-mock-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // A browser that keeps nothing follows the system.
  }
})();
