// The workbench: each part sets itself up, and hears of the others by what changes in the store.

import { setUpAnswer } from "./answer.js";
import { setUpCapPanel } from "./cap_panel.js";
import { setUpChain } from "./chain.js";
import { setUpComparison } from "./comparison.js";
import { setUpDownloads } from "./downloads.js";
import { setUpFrontier } from "./frontier.js";
import { setUpJobs } from "./jobs.js";
import { setUpKey } from "./key.js";
import { setUpOpening } from "./opening.js";
import { setUpPictures } from "./pictures.js";
import { setUpSolving } from "./solving.js";

setUpKey();
setUpAnswer();
setUpCapPanel();
setUpPictures();
setUpChain();
setUpFrontier();
setUpComparison();
setUpJobs();
setUpDownloads();
setUpSolving();
setUpOpening();
