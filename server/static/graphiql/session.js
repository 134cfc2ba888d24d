// The right end of GraphiQL's header: who is acting, and a second window to watch in.
// Without JSX, so that it serves the page that uses a CDN as it is.
import { token } from './fetcher.js';

export function sessionOf({ createElement, useState }) {
  return function Session() {
    const [value, setValue] = useState(token.read);
    const change = ({ target }) => {
      token.write(target.value);
      setValue(target.value);
    };
    const field = createElement('input', {
      type: 'password',
      autoComplete: 'off',
      placeholder: 'or signed in by cookie',
      value,
      onChange: change,
    });
    const kept = 'Sent with every request and subscription. Kept until this browser tab is closed.';
    const label = createElement('label', { title: kept }, 'Access token', field);
    const watch = { href: '?tab=WatchPublished', target: '_blank', rel: 'opener' };
    return createElement('div', { className: 'session' }, label, createElement('a', watch, 'Second window \u2197'));
  };
}
