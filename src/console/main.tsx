import './style/base.css';
import './style/layout.css';
import './style/controls.css';
import './style/evidence.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createApi } from './api/client.js';
import { App } from './app/App.js';
import { createSession, readConsoleConfig } from './session/session.js';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root.');

const session = createSession(await readConsoleConfig());
await session.start();
createRoot(root).render(
  <StrictMode>
    <App session={session} api={createApi(session)} />
  </StrictMode>,
);
