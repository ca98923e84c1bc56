import { MantineProvider, localStorageColorSchemeManager } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import './styles/mantine.css';
import './styles/tokens.css';
import './styles/app.css';
import './styles/header.css';
import './styles/parts.css';
import './styles/notes.css';
import './styles/panels.css';
import './styles/dialogs.css';
import './styles/systems.css';
import './styles/toolbar.css';
import './styles/ledger.css';
import './styles/cells.css';
import './styles/selection.css';
import './styles/entry.css';
import './styles/imports.css';
import './styles/settings.css';
import './styles/webhooks.css';
import './styles/overlays.css';
import './styles/narrow.css';
import { App } from './app/App';
import { theme } from './theme';

const root = document.getElementById('console');
if (root) {
  createRoot(root).render(
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={localStorageColorSchemeManager({ key: 'ledgate.colours' })}
    >
      <App />
    </MantineProvider>,
  );
}
