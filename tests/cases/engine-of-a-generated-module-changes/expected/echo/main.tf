# echo
