// What GraphiQL remembers. Each browser tab has its own editors (session storage), so that
// two of them side by side do not write over each other; a new one starts from what was
// used last (local storage).
export const storage = {
  getItem: (key) => sessionStorage.getItem(key) ?? localStorage.getItem(key),
  setItem(key, value) {
    sessionStorage.setItem(key, value);
    localStorage.setItem(key, value);
  },
  removeItem(key) {
    sessionStorage.removeItem(key);
    localStorage.removeItem(key);
  },
  clear() {
    const keys = Object.keys({ ...localStorage, ...sessionStorage });
    keys.filter((key) => key.startsWith('graphiql:')).forEach(storage.removeItem);
  },
  get length() {
    return Object.keys(sessionStorage).length;
  },
};

// Opens the page at the tab of that operation, among the tabs that were used last.
export function openAt(title, steps) {
  if (!title) return;
  const blank = { hash: null, variables: null, headers: null, response: null };
  const fresh = steps.map((step, index) => ({ ...blank, ...step, id: `step-${index}`, operationName: step.title }));
  const used = JSON.parse(storage.getItem('graphiql:tabState') ?? 'null')?.tabs ?? [];
  const tabs = used.some((tab) => tab.title === title) ? used : fresh;
  const activeTabIndex = Math.max(0, tabs.findIndex((tab) => tab.title === title));
  const active = tabs[activeTabIndex];
  sessionStorage.setItem('graphiql:tabState', JSON.stringify({ tabs, activeTabIndex }));
  sessionStorage.setItem('graphiql:query', active.query ?? '');
  sessionStorage.setItem('graphiql:variables', active.variables ?? '');
  history.replaceState(null, '', location.pathname);
}
