import type { Messages } from '..';
import { entries } from './words';

export const systems: Messages['systems'] = {
  title: 'Systèmes',
  lead: 'Ce que chaque système externe a reçu, et ce qu’il n’a pas reçu.',
  add: 'Ajouter un système',
  addTitle: 'Ajouter un système',
  addHelp: 'Le système est connu dès lors, et toutes les écritures du livre l’attendent.',
  name: 'Système',
  id: 'Nom du système dans l’API',
  idHelp: '1 à 64 caractères parmi A–Z a–z 0–9 . _ : -',
  waiting: 'En attente',
  oldest: 'La plus ancienne',
  failed: 'Refusées',
  parked: 'De côté',
  inWork: 'En cours',
  changed: 'Modifiées',
  conflicts: 'Conflits',
  lastMark: 'Dernière marque',
  never: 'jamais',
  nothing: 'rien',
  workers: (list) => `par ${list.join(', ')}`,
  nobody: 'personne',
  replay: (setAside) => `Une reprise est en cours : ${entries(setAside)} jusqu’ici`,
  empty: 'Aucun système n’est connu',
  emptyHelp:
    'Un système est connu dès qu’une écriture est marquée, réservée ou refusée pour lui, ou que quelqu’un l’ajoute ici.',
  open: (name) => `${name} : ouvrir`,
};
