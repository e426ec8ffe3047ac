import './style.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Provider } from 'urql';

import { newClient } from './api';
import { App } from './App';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Provider value={newClient().client}>
      <App />
    </Provider>
  </StrictMode>,
);
