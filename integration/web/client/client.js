// Joins the one room that the address names: #converse/room?jid=quic@jabber.example.org
import converse from './converse/converse.min.js';

const link = '#converse/room?jid=';
const main = document.querySelector('main');
const { rooms, guests } = main.dataset;
const room = location.hash.startsWith(link) ? location.hash.slice(link.length) : '';
const [name, service] = room.split('@');

addEventListener('hashchange', () => location.reload()); // another room's link, followed in this window

if (/^[a-z0-9][a-z0-9+._-]*$/.test(name) && service === rooms) {
  join();
} else {
  document.getElementById('notice').textContent = 'This address names no room here. Please follow the link of a room.';
}

function join() {
  document.getElementById('notice').remove();
  document.title = `${name} chat`;
  converse.initialize({
    root: main,
    assets_path: new URL('converse', location.href).pathname,

    // Everybody may come in, and nothing is kept in the browser.
    authentication: 'anonymous',
    jid: guests,
    auto_login: true,
    websocket_url: new URL('xmpp-websocket', location.href).href.replace(/^http/, 'ws').replace(/#.*/, ''),
    persistent_store: 'sessionStorage',

    // The rooms are public: what encrypts to single people is not needed, nor is what it loads.
    blacklisted_plugins: ['converse-omemo', 'converse-omemo-views'],

    // This room and no other. Whoever comes in chooses a nickname first.
    view_mode: 'embedded',
    singleton: true,
    auto_join_rooms: [room],
    allow_muc_invitations: false,
    auto_register_muc_nickname: false,

    // Nobody else's server is asked for anything.
    discover_connection_methods: false,
    autocomplete_providers_url: '',
    render_media: false,
    show_background: false,
  });
}
