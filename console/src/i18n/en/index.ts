import { actions } from './actions';
import { app } from './app';
import { entry } from './entry';
import { imports } from './imports';
import { lists } from './lists';
import { names } from './names';
import { settings } from './settings';
import { systems } from './systems';
import { webhooks } from './webhooks';

export const en = { app, names, systems, lists, actions, entry, imports, settings, webhooks };
