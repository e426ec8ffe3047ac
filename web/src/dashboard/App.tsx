// The frame: where one can go, in what language and light.
import { useEffect, useState, type ReactNode } from 'react';
import { useSubscription } from 'urql';

import { RegistryChangedDocument, ViewerDocument } from './gql';
import { changed, unauthenticated, useData } from './api';
import { Compare } from './Compare';
import { Icon, type IconName } from './Icon';
import { language, setLanguage, t } from './i18n';
import { Metrics } from './Metrics';
import { Model } from './Model';
import { Models } from './Models';
import { Overview } from './Overview';
import { Prediction } from './Prediction';
import { Predictions } from './Predictions';
import { Rollout } from './Rollout';
import { link, useRoute, type Route } from './route';
import { Settings, SignIn } from './Settings';
import { Card, Empty } from './ui';
import { Version } from './Version';

type Theme = 'light' | 'dark' | 'auto';

function useTheme() {
  const [theme, setTheme] = useState<Theme>(() => (localStorage.getItem('augur.theme') as Theme | null) ?? 'auto');
  const dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  return {
    dark,
    toggle: () => {
      const next = dark ? 'light' : 'dark';
      localStorage.setItem('augur.theme', next);
      setTheme(next);
    },
  };
}

export function App() {
  const route = useRoute();
  const theme = useTheme();
  const [lang, setLang] = useState(language());
  const viewer = useData(ViewerDocument, {});
  useSubscription({ query: RegistryChangedDocument, variables: {} }, (_, event) => {
    changed(event.registryChanged.model);
    return event;
  });
  useKeys();
  useEffect(() => {
    document.documentElement.lang = lang;
    document.title = [route.path[route.path.length - 1], 'Augur'].filter(Boolean).join(' · ');
    document.querySelector('main')?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [lang, route.path.join('/')]);
  // Where nobody is asked for credentials, everybody is an administrator.
  const locked = unauthenticated(viewer.error) || viewer.data?.viewer.scopes.every((s) => s === 'PUBLIC');
  return (
    <div className="app" key={lang}>
      <a className="skip" href="#main" onClick={(e) => { e.preventDefault(); document.querySelector('main')?.focus(); }}>
        {t('To the content')}
      </a>
      <aside className="side-bar">
        <a className="brand" href={link([])} aria-label="Augur">
          <Icon name="eye" /> <span>Augur</span>
        </a>
        <nav aria-label={t('Pages')}>
          {pages().map(([path, name, icon]) => (
            <a key={path} href={link(path ? [path] : [])} aria-current={(route.path[0] ?? '') === path || (path === 'models' && route.path[0] === 'rollouts') ? 'page' : undefined}>
              <Icon name={icon} /> <span>{name}</span>
            </a>
          ))}
          <a href="playground/">
            <Icon name="code" /> <span>{t('Playground')}</span>
          </a>
        </nav>
        <footer>
          <button type="button" className="quiet" onClick={theme.toggle} aria-label={theme.dark ? t('Light') : t('Dark')} title={theme.dark ? t('Light') : t('Dark')}>
            <Icon name={theme.dark ? 'sun' : 'moon'} />
          </button>
          <button
            type="button"
            className="quiet"
            lang={lang === 'en' ? 'zh' : 'en'}
            onClick={() => {
              const next = lang === 'en' ? 'zh' : 'en';
              setLanguage(next);
              setLang(next);
            }}
          >
            {lang === 'en' ? '中文' : 'English'}
          </button>
          {viewer.data && <span className="hint clip" title={viewer.data.viewer.scopes.join(', ')}>{viewer.data.viewer.name}</span>}
        </footer>
      </aside>
      <main id="main" tabIndex={-1}>
        {locked ? (
          <Card title={t('Sign in')}>
            <p>{t('This server wants to know who asks.')}</p>
            <SignIn />
          </Card>
        ) : (
          page(route)
        )}
      </main>
    </div>
  );
}

const pages = (): [string, string, IconName][] => [
  ['', t('Overview'), 'gauge'],
  ['models', t('Models'), 'box'],
  ['metrics', t('Metrics'), 'chart'],
  ['compare', t('Compare'), 'columns'],
  ['predictions', t('Predictions'), 'list'],
  ['settings', t('Settings'), 'gear'],
];

function page({ path }: Route): ReactNode {
  const [first, second, third, fourth] = path;
  switch (first) {
    case undefined:
      return <Overview />;
    case 'models':
      if (second && third === 'versions' && fourth) return <Version key={`${second}/${fourth}`} model={second} version={fourth} />;
      return second ? <Model key={second} name={second} /> : <Models />;
    case 'rollouts':
      return second ? <Rollout key={second} id={second} /> : <Overview />;
    case 'metrics':
      return <Metrics />;
    case 'compare':
      return <Compare />;
    case 'predictions':
      return second ? <Prediction key={second} id={second} /> : <Predictions />;
    case 'settings':
      return <Settings />;
    default:
      return <Empty title={t('There is no such page')} />;
  }
}

// useKeys: g and a letter goes to a page, / to the search.
function useKeys() {
  useEffect(() => {
    let g = 0;
    const pressed = (e: KeyboardEvent) => {
      const at = e.target as HTMLElement;
      if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) return;
      const to = { o: '', m: 'models', x: 'metrics', c: 'compare', p: 'predictions', s: 'settings' }[e.key];
      if (e.key === '/') {
        e.preventDefault();
        location.hash = link(['models']);
        setTimeout(() => document.getElementById('search')?.focus(), 50);
      } else if (e.key === 'g') g = Date.now();
      else if (to !== undefined && Date.now() - g < 1500) location.hash = link(to ? [to] : []);
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}
